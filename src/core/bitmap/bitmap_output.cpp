#include "core/bitmap/bitmap_output.h"

#include <cstring>

#include "core/base/copy.h"

namespace cdp::bitmap {
namespace {

struct Header {
  std::size_t keys;  // where they begin
  bool has_offsets;
  std::size_t bytes;
};

Header HeaderOf(std::uint32_t containers, bool any_run) {
  const std::size_t keys = any_run ? 4 + (std::size_t{containers} + 7) / 8 : 8;
  const bool has_offsets = !any_run || containers >= kOffsetsWithRunsFrom;
  return {keys, has_offsets, keys + std::size_t{containers} * (has_offsets ? 8 : 4)};
}

// With few containers, a header without runs can turn out longer than one with them.
constexpr std::size_t kHeaderSlack = 16;

}  // namespace

std::size_t OutputBound::Total() const {
  return HeaderOf(containers, any_run).bytes + data_bytes + kHeaderSlack + kKernelSlop;
}

BitmapOutput::BitmapOutput(std::byte* out, const OutputBound& bound)
    : out_(out), bound_(bound), end_(out + bound.Total() - kHeaderSlack) {
  const Header header = HeaderOf(bound.containers, bound.any_run);
  keys_ = out + header.keys;
  data_ = at_ = out + header.bytes;
  if (bound.any_run) std::memset(out + 4, 0, header.keys - 4);
}

void BitmapOutput::Register(std::uint32_t key, bool is_run, std::uint32_t cardinality) {
  // Only corrupt operands have containers in another order, or more of them than was counted.
  if (containers_ == bound_.containers || (is_run && !bound_.any_run)) MalformedBitmap();
  std::byte* entry = keys_ + 4 * std::size_t{containers_};
  if (containers_ != 0 && key <= LoadAt<std::uint16_t>(entry - 4)) MalformedBitmap();
  StoreAt(entry, static_cast<std::uint16_t>(key));
  StoreAt(entry + 2, static_cast<std::uint16_t>(cardinality - 1));
  if (is_run) {
    out_[4 + containers_ / 8] |= static_cast<std::byte>(1u << (containers_ % 8));
    any_run_ = true;
  }
  ++containers_;
}

void BitmapOutput::CopyStretch() {
  if (stretch_bytes_ == 0) return;
  CopyBytes(at_, stretch_, stretch_bytes_);
  at_ += stretch_bytes_;
  stretch_bytes_ = 0;
}

void BitmapOutput::Keep(const Container& container) {
  const Bytes bytes = container.bytes();
  if (stretch_bytes_ == 0 || bytes.data() != stretch_ + stretch_bytes_) {
    CopyStretch();
    stretch_ = bytes.data();
  }
  const auto left = static_cast<std::size_t>(end_ - at_) - stretch_bytes_;
  if (left < bytes.size() + kKernelSlop) MalformedBitmap();
  Register(container.high >> 16, container.kind == ContainerKind::kRun, container.cardinality);
  stretch_bytes_ += bytes.size();
}

std::byte* BitmapOutput::Room(std::size_t bytes) {
  CopyStretch();
  if (static_cast<std::size_t>(end_ - at_) < bytes + kKernelSlop) MalformedBitmap();
  return at_;
}

void BitmapOutput::Add(std::uint32_t key, ContainerKind kind, std::uint32_t cardinality,
                       std::size_t bytes) {
  if (cardinality == 0) return;
  Register(key, kind == ContainerKind::kRun, cardinality);
  at_ += bytes;
}

void BitmapOutput::WriteOffsets(std::byte* offsets, std::size_t first) const {
  const std::byte* keys = offsets - 4 * std::size_t{containers_};
  std::size_t offset = first;
  for (std::uint32_t i = 0; i < containers_; ++i) {
    StoreAt(offsets + 4 * std::size_t{i}, static_cast<std::uint32_t>(offset));
    const std::uint32_t cardinality = LoadAt<std::uint16_t>(keys + 4 * std::size_t{i} + 2) + 1u;
    if (any_run_ && (std::to_integer<unsigned>(out_[4 + i / 8]) >> (i % 8) & 1) != 0) {
      offset += 2 + 4 * std::size_t{LoadAt<std::uint16_t>(out_ + offset)};
    } else {
      offset += cardinality <= kMaxArrayValues ? 2 * cardinality : kBitsetBytes;
    }
  }
}

std::size_t BitmapOutput::Finish() {
  CopyStretch();
  const Header header = HeaderOf(containers_, any_run_);
  std::byte* keys = out_ + header.keys;
  std::byte* data = out_ + header.bytes;
  const auto data_bytes = static_cast<std::size_t>(at_ - data_);
  // Whichever moves away from the other goes first. Run flags that are still needed lie before
  // both.
  if (data > data_) MoveBytes(data, data_, data_bytes);
  if (keys != keys_) std::memmove(keys, keys_, 4 * std::size_t{containers_});
  if (data < data_) MoveBytes(data, data_, data_bytes);

  if (any_run_) {
    StoreAt(out_, kCookieWithRuns | (containers_ - 1) << 16);
  } else {
    StoreAt(out_, kCookieWithoutRuns);
    StoreAt(out_ + 4, containers_);
  }
  if (header.has_offsets) WriteOffsets(keys + 4 * std::size_t{containers_}, header.bytes);
  return header.bytes + data_bytes;
}

}  // namespace cdp::bitmap
