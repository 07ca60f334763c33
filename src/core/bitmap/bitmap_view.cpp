#include "core/bitmap/bitmap_view.h"

#include <algorithm>
#include <bit>

#include "core/base/stop.h"

namespace cdp::bitmap {
namespace {

constexpr std::size_t kRunCountBytes = 2;

// Of a bitset, when its ends are looked for.
constexpr std::uint32_t kWordsAtOnce = 32;

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

Bytes Container::bytes() const {
  if (kind == ContainerKind::kRun) return {data - 2, DataBytes(*this) + 2};
  return {data, DataBytes(*this)};
}

std::uint32_t* Container::Decode(std::uint32_t* out) const {
  switch (kind) {
    case ContainerKind::kArray:
      LowsToValues(lows(), high, out);
      return out + cardinality;
    case ContainerKind::kBitset:
      if (CountBits(data) != cardinality) MalformedBitmap();
      BitsToValues(data, high, cardinality, out);
      return out + cardinality;
    case ContainerKind::kRun:
      return DecodeRuns(*this, out);
  }
  return out;
}

// Where the parts of a header are, as offsets.
struct BitmapView::Header {
  std::uint32_t containers;
  std::size_t run_flags;  // 0 if there are none
  std::size_t keys;
  std::size_t offsets;  // 0 if there are none
  std::size_t end;      // where the first container begins

  /// Of a value of `size` bytes which begins with `front`: kHeaderFront of them, or all.
  Header(Bytes front, std::size_t size);
};

BitmapView::Header::Header(Bytes front, std::size_t size)
    : containers(0), run_flags(0), keys(0), offsets(0), end(0) {
  constexpr std::size_t kCookieBytes = sizeof(std::uint32_t);
  if (front.size() < kCookieBytes) MalformedBitmap();
  const auto cookie = LoadAt<std::uint32_t>(front.data());
  std::size_t at = kCookieBytes;
  std::size_t table_entry = 8;  // key, cardinality, offset
  if ((cookie & 0xffff) == kCookieWithRuns) {
    containers = (cookie >> 16) + 1;
    const std::size_t flag_bytes = (containers + 7) / 8;
    if (flag_bytes > size - at) MalformedBitmap();
    run_flags = at;
    at += flag_bytes;
    if (containers < kOffsetsWithRunsFrom) table_entry = 4;
  } else {
    if (cookie != kCookieWithoutRuns || front.size() < at + 4) MalformedBitmap();
    containers = LoadAt<std::uint32_t>(front.data() + at);
    if (containers > kMaxContainers) MalformedBitmap();
    at += 4;
  }
  if (containers * table_entry > size - at) MalformedBitmap();
  keys = at;
  if (table_entry == 8) offsets = at + 4 * std::size_t{containers};
  end = at + containers * table_entry;
}

BitmapView::BitmapView(Bytes bytes) : bytes_(bytes), size_(bytes.size()) {
  Use(Header(bytes, bytes.size()));
}

BitmapView::BitmapView(ByteSource* source) : source_(source), size_(source->size()) {
  constexpr std::size_t kFront = 8;
  const Header header(source->Read(0, std::min(size_, kFront)), size_);
  bytes_ = source->Read(0, header.end);
  Use(header);
}

void BitmapView::Use(const Header& header) {
  containers_ = header.containers;
  if (header.run_flags != 0) run_flags_ = bytes_.data() + header.run_flags;
  keys_ = bytes_.data() + header.keys;
  if (header.offsets != 0) offsets_ = bytes_.data() + header.offsets;
  first_ = header.end;
}

std::uint64_t BitmapView::Cardinality() const {
  std::uint64_t count = 0;
  for (std::uint32_t i = 0; i < containers_; ++i) count += ContainerCardinality(i);
  return count;
}

std::size_t BitmapView::Size() const {
  if (empty()) return first_;
  const std::uint32_t last = containers_ - 1;
  const Place place = PlaceAt(last, OffsetOf(last));
  return place.data + DataBytes(place.container);
}

BitmapView::Place BitmapView::PlaceAt(std::uint32_t i, std::size_t offset) const {
  if (offset < first_ || offset > size_) MalformedBitmap();
  std::size_t left = size_ - offset;
  Place place = {{ContainerKind::kArray, Key(i) << 16, ContainerCardinality(i), 0, nullptr},
                 offset};
  if (IsRun(i)) {
    if (left < kRunCountBytes) MalformedBitmap();
    place.container.kind = ContainerKind::kRun;
    place.container.runs = LoadAt<std::uint16_t>(Piece(offset, kRunCountBytes));
    if (place.container.runs == 0) MalformedBitmap();
    left -= kRunCountBytes;
    place.data += kRunCountBytes;
  } else if (place.container.cardinality > kMaxArrayValues) {
    place.container.kind = ContainerKind::kBitset;
  }
  if (DataBytes(place.container) > left) MalformedBitmap();
  return place;
}

std::size_t BitmapView::OffsetOf(std::uint32_t i) const {
  if (offsets_ != nullptr) return LoadAt<std::uint32_t>(offsets_ + 4 * std::size_t{i});
  std::size_t offset = first_;
  for (std::uint32_t before = 0; before < i; ++before) {
    const Place place = PlaceAt(before, offset);
    offset = place.data + DataBytes(place.container);
  }
  return offset;
}

Container BitmapView::Take(std::uint32_t i, std::size_t* offset) const {
  const Place place = PlaceAt(i, *offset);
  Container container = place.container;
  // The number of runs is read with them: who takes a container over wants it before its data.
  const std::size_t before = place.data - *offset;
  const std::size_t size = before + DataBytes(container);
  container.data = Piece(*offset, size) + before;
  *offset += size;
  return container;
}

Container BitmapView::At(std::uint32_t i) const {
  std::size_t offset = OffsetOf(i);
  return Take(i, &offset);
}

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
  if (i == containers_ || Key(i) != value >> 16) return false;
  const auto low = static_cast<std::uint16_t>(value);
  if (source_ != nullptr && !IsRun(i) && ContainerCardinality(i) > kMaxArrayValues) {
    // Of a bitset elsewhere one word is enough.
    const std::size_t offset = OffsetOf(i);
    if (offset < first_ || offset > size_ || kBitsetBytes > size_ - offset) MalformedBitmap();
    const auto word = LoadAt<std::uint64_t>(Piece(offset + (low >> 6) * 8, 8));
    return (word >> (low & 63) & 1) != 0;
  }
  return At(i).Contains(low);
}

// Both ends read no more of a container than it takes: it may lie elsewhere.
std::uint32_t BitmapView::Min() const {
  const Place place = PlaceAt(0, OffsetOf(0));
  const std::uint32_t high = place.container.high;
  if (place.container.kind != ContainerKind::kBitset) {
    return high | LoadAt<std::uint16_t>(Piece(place.data, 2));
  }
  for (std::uint32_t i = 0; i < kBitsetWords; i += kWordsAtOnce) {
    const std::byte* words = Piece(place.data + 8 * std::size_t{i}, 8 * kWordsAtOnce);
    for (std::uint32_t k = 0; k < kWordsAtOnce; ++k) {
      const auto word = LoadAt<std::uint64_t>(words + 8 * std::size_t{k});
      if (word != 0)
        return high | (i + k) << 6 | static_cast<std::uint32_t>(std::countr_zero(word));
    }
  }
  MalformedBitmap();
}

std::uint32_t BitmapView::Max() const {
  const std::uint32_t last = containers_ - 1;
  const Place place = PlaceAt(last, OffsetOf(last));
  const std::uint32_t high = place.container.high;
  if (place.container.kind == ContainerKind::kArray) {
    const std::size_t at = 2 * (std::size_t{place.container.cardinality} - 1);
    return high | LoadAt<std::uint16_t>(Piece(place.data + at, 2));
  }
  if (place.container.kind == ContainerKind::kRun) {
    const std::byte* run = Piece(place.data + 4 * (std::size_t{place.container.runs} - 1), 4);
    const std::uint32_t low =
        std::uint32_t{LoadAt<std::uint16_t>(run)} + LoadAt<std::uint16_t>(run + 2);
    if (low > 0xffff) MalformedBitmap();
    return high | low;
  }
  for (std::uint32_t i = kBitsetWords; i > 0; i -= kWordsAtOnce) {
    const std::uint32_t from = i - kWordsAtOnce;
    const std::byte* words = Piece(place.data + 8 * std::size_t{from}, 8 * kWordsAtOnce);
    for (std::uint32_t k = kWordsAtOnce; k-- > 0;) {
      const auto word = LoadAt<std::uint64_t>(words + 8 * std::size_t{k});
      if (word == 0) continue;
      return high | (from + k) << 6 | (63 - static_cast<std::uint32_t>(std::countl_zero(word)));
    }
  }
  MalformedBitmap();
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
