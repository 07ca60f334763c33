#include "core/bitmap/bitmap_parts.h"

#include <cstring>

#include "core/base/stop.h"

namespace cdp::bitmap {
namespace {

// One run: from 0, 65535 more.
constexpr std::byte kFullRun[] = {std::byte{1}, std::byte{0},    std::byte{0},
                                  std::byte{0}, std::byte{0xff}, std::byte{0xff}};

}  // namespace

BitmapParts::~BitmapParts() {
  for (const Part& part : parts_) {
    if (part.is_owned) memory_->deallocate(const_cast<std::byte*>(part.data), part.bytes, 2);
  }
}

void BitmapParts::Push(const Part& part) {
  // Only a corrupt bitmap has its containers in another order, or one of them twice.
  if (!parts_.empty() && part.key <= parts_.back().key) MalformedBitmap();
  parts_.push_back(part);
  frame_.Add(part.is_run, part.bytes);
}

void BitmapParts::Keep(const Container& container, std::uint32_t key) {
  const Bytes bytes = container.bytes();
  Push({bytes.data(), static_cast<std::uint32_t>(bytes.size()), container.cardinality,
        static_cast<std::uint16_t>(key), container.kind == ContainerKind::kRun, false});
}

void BitmapParts::Keep(const BitmapView& view, std::uint32_t from, std::uint32_t end) {
  StopTicker ticker;
  for (std::uint32_t i = from; i < end; ++i) {
    Keep(view.At(i));
    ticker.Step(16);
  }
}

void BitmapParts::AddFull(std::uint32_t key) {
  Push({kFullRun, sizeof(kFullRun), 65536, static_cast<std::uint16_t>(key), true, false});
}

void BitmapParts::Add(std::uint32_t key, ContainerDraft* draft, bool runs_allowed) {
  const ContainerDraft::Form form = draft->Best(runs_allowed);
  if (form.cardinality == 0) return;
  auto* data = static_cast<std::byte*>(memory_->allocate(form.bytes, 2));
  try {
    draft->Write(form, data);
    Push({data, form.bytes, form.cardinality, static_cast<std::uint16_t>(key),
          form.kind == ContainerKind::kRun, true});
  } catch (...) {
    memory_->deallocate(data, form.bytes, 2);
    throw;
  }
}

std::uint64_t BitmapParts::Cardinality() const {
  std::uint64_t count = 0;
  for (const Part& part : parts_) count += part.cardinality;
  return count;
}

void BitmapParts::Write(std::byte* out) const {
  PortableCursor cursor(frame_, out);
  StopTicker ticker;
  for (const Part& part : parts_) {
    std::memcpy(cursor.Next(part.key, part.cardinality, part.is_run, part.bytes), part.data,
                part.bytes);
    ticker.Step(part.bytes / 64 + 1);
  }
}

}  // namespace cdp::bitmap
