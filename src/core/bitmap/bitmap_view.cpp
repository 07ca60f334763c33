#include "core/bitmap/bitmap_view.h"

#include <bit>

#include "core/base/stop.h"

namespace cdp::bitmap {
namespace {

std::size_t DataBytes(const Container& container) {
  switch (container.kind) {
    case ContainerKind::kArray:
      return 2 * std::size_t{container.cardinality};
    case ContainerKind::kBitset:
      return kBitsetBytes;
    case ContainerKind::kRun:
      return 4 * std::size_t{container.runs};
  }
  return 0;
}

std::uint32_t* DecodeBitset(const Container& container, std::uint32_t* out) {
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < kBitsetWords; ++i) count += std::popcount(container.Word(i));
  if (count != container.cardinality) MalformedBitmap();
  for (std::size_t i = 0; i < kBitsetWords; ++i) {
    const std::uint32_t base = container.high | static_cast<std::uint32_t>(i << 6);
    for (std::uint64_t word = container.Word(i); word != 0; word &= word - 1) {
      *out++ = base | static_cast<std::uint32_t>(std::countr_zero(word));
    }
  }
  return out;
}

std::uint32_t* DecodeRuns(const Container& container, std::uint32_t* out) {
  std::uint32_t left = container.cardinality;
  for (std::uint32_t i = 0; i < container.runs; ++i) {
    const std::uint32_t start = container.RunStart(i);
    const std::uint32_t last = container.RunLast(i);
    if (last > 0xffff || last - start >= left) MalformedBitmap();
    left -= last - start + 1;
    for (std::uint32_t value = start; value <= last; ++value) *out++ = container.high | value;
  }
  if (left != 0) MalformedBitmap();
  return out;
}

}  // namespace

bool Container::Contains(std::uint16_t low) const {
  if (kind == ContainerKind::kBitset) return Bit(low);
  // The last value, or start of a run, that is not above `low`.
  const bool is_run = kind == ContainerKind::kRun;
  const std::size_t stride = is_run ? 4 : 2;
  std::uint32_t below = 0;
  std::uint32_t count = is_run ? runs : cardinality;
  while (count > 1) {
    const std::uint32_t half = count / 2;
    if (LoadAt<std::uint16_t>(data + (below + half) * stride) <= low) below += half;
    count -= half;
  }
  if (is_run) return RunStart(below) <= low && low <= RunLast(below);
  return Value(below) == low;
}

std::uint16_t Container::Min() const {
  if (kind != ContainerKind::kBitset) return Value(0);
  for (std::size_t i = 0; i < kBitsetWords; ++i) {
    if (const std::uint64_t word = Word(i); word != 0) {
      return static_cast<std::uint16_t>((i << 6) + std::countr_zero(word));
    }
  }
  MalformedBitmap();
}

std::uint16_t Container::Max() const {
  if (kind == ContainerKind::kArray) return Value(cardinality - 1);
  if (kind == ContainerKind::kRun) {
    const std::uint32_t last = RunLast(runs - 1);
    if (last > 0xffff) MalformedBitmap();
    return static_cast<std::uint16_t>(last);
  }
  for (std::size_t i = kBitsetWords; i-- > 0;) {
    if (const std::uint64_t word = Word(i); word != 0) {
      return static_cast<std::uint16_t>((i << 6) + 63 - std::countl_zero(word));
    }
  }
  MalformedBitmap();
}

std::uint32_t* Container::Decode(std::uint32_t* out) const {
  switch (kind) {
    case ContainerKind::kArray:
      for (std::uint32_t i = 0; i < cardinality; ++i) out[i] = high | Value(i);
      return out + cardinality;
    case ContainerKind::kBitset:
      return DecodeBitset(*this, out);
    case ContainerKind::kRun:
      return DecodeRuns(*this, out);
  }
  return out;
}

BitmapView::BitmapView(Bytes bytes) : bytes_(bytes) {
  constexpr std::size_t kCookieBytes = sizeof(std::uint32_t);
  if (bytes.size() < kCookieBytes) MalformedBitmap();
  const auto cookie = LoadAt<std::uint32_t>(bytes.data());
  std::size_t at = kCookieBytes;
  std::size_t table_entry = 8;  // key, cardinality, offset
  if ((cookie & 0xffff) == kCookieWithRuns) {
    containers_ = (cookie >> 16) + 1;
    const std::size_t flag_bytes = (containers_ + 7) / 8;
    if (flag_bytes > bytes.size() - at) MalformedBitmap();
    run_flags_ = bytes.data() + at;
    at += flag_bytes;
    if (containers_ < kOffsetsWithRunsFrom) table_entry = 4;
  } else {
    if (cookie != kCookieWithoutRuns || bytes.size() < at + 4) MalformedBitmap();
    containers_ = LoadAt<std::uint32_t>(bytes.data() + at);
    if (containers_ > kMaxContainers) MalformedBitmap();
    at += 4;
  }
  if (containers_ * table_entry > bytes.size() - at) MalformedBitmap();
  keys_ = bytes.data() + at;
  if (table_entry == 8) offsets_ = keys_ + 4 * std::size_t{containers_};
  first_ = at + containers_ * table_entry;
}

std::uint64_t BitmapView::Cardinality() const {
  std::uint64_t count = 0;
  for (std::uint32_t i = 0; i < containers_; ++i) count += ContainerCardinality(i);
  return count;
}

Container BitmapView::ReadAt(std::uint32_t i, std::size_t offset) const {
  if (offset < first_ || offset > bytes_.size()) MalformedBitmap();
  std::size_t left = bytes_.size() - offset;
  Container container = {ContainerKind::kArray, Key(i) << 16, ContainerCardinality(i), 0,
                         bytes_.data() + offset};
  if (IsRun(i)) {
    if (left < 2) MalformedBitmap();
    container.kind = ContainerKind::kRun;
    container.runs = LoadAt<std::uint16_t>(container.data);
    if (container.runs == 0) MalformedBitmap();
    container.data += 2;
    left -= 2;
  } else if (container.cardinality > kMaxArrayValues) {
    container.kind = ContainerKind::kBitset;
  }
  if (DataBytes(container) > left) MalformedBitmap();
  return container;
}

std::size_t BitmapView::OffsetOf(std::uint32_t i) const {
  if (offsets_ != nullptr) return LoadAt<std::uint32_t>(offsets_ + 4 * std::size_t{i});
  std::size_t offset = first_;
  for (std::uint32_t before = 0; before < i; ++before) {
    const Container container = ReadAt(before, offset);
    const auto end = container.data + DataBytes(container);
    offset = static_cast<std::size_t>(end - bytes_.data());
  }
  return offset;
}

Container BitmapView::At(std::uint32_t i) const { return ReadAt(i, OffsetOf(i)); }

std::uint32_t BitmapView::Find(std::uint32_t key, std::uint32_t from) const {
  std::uint32_t end = containers_;
  while (from < end) {
    const std::uint32_t middle = from + (end - from) / 2;
    if (Key(middle) < key) {
      from = middle + 1;
    } else {
      end = middle;
    }
  }
  return from;
}

bool BitmapView::Contains(std::uint32_t value) const {
  const std::uint32_t i = Find(value >> 16);
  return i < containers_ && Key(i) == value >> 16 &&
         At(i).Contains(static_cast<std::uint16_t>(value));
}

std::uint32_t BitmapView::Min() const {
  const Container first = At(0);
  return first.high | first.Min();
}

std::uint32_t BitmapView::Max() const {
  const Container last = At(containers_ - 1);
  return last.high | last.Max();
}

void BitmapView::Decode(std::uint32_t* out) const {
  StopTicker ticker;
  for (std::uint32_t i = 0; i < containers_; ++i) {
    const Container container = At(i);
    out = container.Decode(out);
    ticker.Step(container.cardinality);
  }
}

}  // namespace cdp::bitmap
