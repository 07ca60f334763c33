#include "core/timeline/timeline_reader.h"

#include <algorithm>
#include <bit>

#include "core/base/bytes.h"

namespace cdp::timeline {

TimeReader::TimeReader(const View& view, std::size_t count)
    : next_(view.first()),
      left_(count),
      sums_({view.controls(), view.deltas(), view.end(), count == 0 ? 0 : count - 1,
             view.shape().lengths},
            GroupReader::Give::kSums, kTicks[view.shape().tick],
            static_cast<std::uint64_t>(view.first())) {}

std::size_t TimeReader::Next(Micros* out) {
  if (left_ == 0) return 0;
  out[0] = next_;
  // Signed and unsigned variants of a type may stand for each other.
  sums_.Next(reinterpret_cast<std::uint64_t*>(out + 1), kBlock);
  const std::size_t n = std::min(left_, kBlock);
  next_ = out[kBlock];
  left_ -= n;
  return n;
}

ValueReader::Column ValueReader::Open(const View& view) {
  Column column{};
  column.exists = view.has_values();
  if (!column.exists) return column;
  ByteReader in(view.column(0), "timeline");
  const auto shape = in.Read<std::uint8_t>();
  const unsigned set = shape & 3u;
  if (set >= kLengthSets.size() || shape > (kSparseValues | 3)) {
    in.Corrupt("The column of values has a shape that does not exist.");
  }
  std::size_t count = view.count();
  if ((shape & kSparseValues) != 0) {
    const auto bitmap = in.ReadSpan(SymbolBytes(view.count(), 1));
    column.bitmap = bitmap.data();
    count = 0;
    for (std::size_t i = 0; i < view.count(); i += 64) {
      count += static_cast<std::size_t>(
          std::popcount(LoadBits(bitmap.data(), i, std::min<std::size_t>(64, view.count() - i))));
    }
  }
  const std::byte* controls = in.ReadSpan(ControlBytes(count)).data();
  column.numbers = {controls, in.ReadSpan(in.left()), view.end(), count, set};
  return column;
}

ValueReader::ValueReader(const View& view) : ValueReader(view, Open(view)) {}

ValueReader::ValueReader(const View&, const Column& column)
    : exists_(column.exists),
      bitmap_(column.bitmap),
      numbers_(column.numbers, GroupReader::Give::kNumbers) {}

std::int64_t ValueReader::NextValue() {
  while (taken_ + skipped_ >= ahead_) {
    skipped_ -= ahead_ - taken_;
    taken_ = 0;
    ahead_ = numbers_.Next(decoded_, kAhead);
    if (ahead_ == 0) throw Error(ErrorCode::kInternal, "timeline has no further value");
  }
  taken_ += skipped_;
  skipped_ = 0;
  return UnZigZag(decoded_[taken_++]);
}

void ValueReader::Next(std::size_t n, ValueBlock* block) {
  for (std::size_t from = 0; from < n; from += 64) {
    const std::size_t events = std::min<std::size_t>(64, n - from);
    const std::uint64_t present = PresentBits(events);
    index_ += events;
    block->present[from / 64] = present;
    std::int64_t* values = block->value + from;
    std::fill_n(values, events, 0);
    for (std::uint64_t bits = present; bits != 0; bits &= bits - 1) {
      values[std::countr_zero(bits)] = NextValue();
    }
  }
}

void ValueReader::Skip(std::size_t n) {
  for (std::size_t from = 0; from < n; from += 64) {
    const std::size_t events = std::min<std::size_t>(64, n - from);
    skipped_ += static_cast<std::size_t>(std::popcount(PresentBits(events)));
    index_ += events;
  }
}

std::optional<std::int64_t> ValueReader::At(std::size_t index) {
  if (!exists_) return std::nullopt;
  skipped_ += PresentBefore(index);
  index_ = index + 1;
  if (bitmap_ != nullptr && (std::to_integer<unsigned>(bitmap_[index / 8]) >> (index % 8) & 1) == 0)
    return std::nullopt;
  return NextValue();
}

std::size_t ValueReader::PresentBefore(std::size_t index) const {
  if (bitmap_ == nullptr) return index - index_;
  std::size_t count = 0;
  // From a whole byte on; the bits of it before index_ are taken away.
  std::size_t from = index_ / 8 * 8;
  std::uint64_t passed = (std::uint64_t{1} << (index_ % 8)) - 1;
  for (; from < index; from += 64) {
    const std::size_t n = std::min<std::size_t>(64, index - from);
    count += static_cast<std::size_t>(std::popcount(LoadBits(bitmap_, from, n) & ~passed));
    passed = 0;
  }
  return count;
}

std::uint64_t ValueReader::PresentBits(std::size_t n) const {
  if (!exists_) return 0;
  if (bitmap_ == nullptr) return ~std::uint64_t{0} >> (64 - n);
  return LoadBits(bitmap_, index_, n);
}

std::uint64_t LoadBits(const std::byte* bitmap, std::size_t from, std::size_t n) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, bitmap + from / 8, n == 64 ? 8 : SymbolBytes(n, 1));
  return bits & (~std::uint64_t{0} >> (64 - n));
}

PropertyColumn::PropertyColumn(const View& view, int which) {
  if (!view.has_property(which)) return;
  ByteReader in(view.column(which), "timeline");
  const auto shape = in.Read<std::uint8_t>();
  const unsigned width = shape & 7u;
  if (width >= kSymbolBits.size() || shape >= 2 * kDictionary) {
    in.Corrupt("A column of properties has a shape that does not exist.");
  }
  bits_ = kSymbolBits[width];
  nullable_ = (shape & kAbsentSymbol) != 0;
  if ((shape & kDictionary) != 0) {
    const std::uint64_t entries = in.ReadVarint();
    if (entries == 0 || entries > in.left() / sizeof(std::int32_t)) {
      in.Corrupt("A dictionary is longer than its column.");
    }
    entries_ = entries;
    dictionary_ = in.ReadSpan(entries_ * sizeof(std::int32_t)).data();
  } else {
    base_ = static_cast<std::int32_t>(UnZigZag(in.ReadVarint()));
  }
  packed_ = in.ReadSpan(SymbolBytes(view.count(), bits_)).data();
  if (!in.done()) in.Corrupt("A column of properties is longer than its events.");
}

std::int32_t PropertyColumn::Entry(std::size_t index) const {
  std::int32_t entry;
  std::memcpy(&entry, dictionary_ + index * sizeof(entry), sizeof(entry));
  return entry;
}

std::int32_t PropertyColumn::EntryOf(std::size_t index) const {
  if (index >= entries_) {
    throw Error(ErrorCode::kCorruptData, "timeline is corrupt",
                "A property is not in its dictionary.");
  }
  return Entry(index);
}

std::optional<std::uint32_t> PropertyColumn::SymbolOf(std::optional<std::int32_t> property) const {
  if (!property) {
    if (!nullable_) return std::nullopt;
    return 0;
  }
  if (empty()) return std::nullopt;
  const std::uint32_t shift = nullable_ ? 1 : 0;
  if (dictionary_ == nullptr) {
    const std::int64_t symbol = std::int64_t{*property} - base_ + shift;
    if (*property < base_ || symbol >> bits_ != 0) return std::nullopt;
    return static_cast<std::uint32_t>(symbol);
  }
  std::size_t low = 0;
  std::size_t high = entries_;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (Entry(middle) < *property) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == entries_ || Entry(low) != *property) return std::nullopt;
  return static_cast<std::uint32_t>(low) + shift;
}

}  // namespace cdp::timeline
