/// Reads the events of a timeline: what kernels (funnels, sessions, attribution ...) are built on.
///
/// The columns are read apart, each at its own speed, and a column that nobody asks for costs
/// nothing:
///
///     TimeReader times(view);
///     ValueReader values(view);                 // only when values are wanted
///     const PropertyColumn channel(view, 1);    // only when property 1 is wanted
///     Micros at[TimeReader::kRoom];
///     ValueBlock block;
///     std::size_t index = 0;                    // of the block's first event
///     while (const std::size_t n = times.Next(at)) {
///       values.Next(n, &block);
///       for (std::size_t i = 0; i < n; ++i) {
///         ... at[i], view.CodeAt(index + i), block.Has(i), block.value[i], channel.At(index + i)
///       }
///       index += n;
///     }
///
/// - Events come in their total order (event.h): by instant, code, value, properties.
/// - Instants come in blocks of kBlock (the last one may be shorter), about a nanosecond each. A
/// walk
///   over the codes of a block at first, one byte each in most timelines, and then over those
///   events that matter, is quicker than to look at every event. WithCodes makes the width of the
///   codes a constant of the loop.
/// - Values are read in the same blocks; a block of which none is needed is passed over by Skip.
///   Properties can be asked for at any index.
/// - A timeline that cannot have an event of some code is told by view.code_bits() before any
///   reader is made.
/// - Nothing here allocates. Readers are neither copied nor moved, and the bytes must outlive them.
///   Foreign bytes may give any events, but never a read outside of them: a reader throws
///   kCorruptData instead.
/// - Readers do not poll for interrupts, ForEachRecord and CopyEvents do: another loop over many
///   events has its own StopTicker.
#pragma once

#include <array>
#include <cstring>
#include <optional>

#include "core/base/stop.h"
#include "core/timeline/code_marks.h"
#include "core/timeline/timeline_view.h"

namespace cdp::timeline {

/// Decodes the instants of a timeline block by block, in order.
class TimeReader {
 public:
  static constexpr std::size_t kBlock = 256;
  static constexpr std::size_t kRoom = kBlock + 4;
  static_assert(kBlock <= CodeMarks::kBlock);

  explicit TimeReader(const View& view) : TimeReader(view, view.count()) {}
  /// Of the first `count` events.
  TimeReader(const View& view, std::size_t count);

  /// Writes the next instants and returns how many: kBlock, or what is left, 0 at the end. All of
  /// kRoom instants at `out` may be written.
  std::size_t Next(Micros* out);

 private:
  Micros next_;  ///< the first of the next block: it is known before its group is read
  std::size_t left_;
  GroupReader sums_;
};

/// `n` bits of a bitmap, 1 to 64, from the bit `from`, a multiple of eight, on.
std::uint64_t LoadBits(const std::byte* bitmap, std::size_t from, std::size_t n);

/// The values of a block of events.
struct ValueBlock {
  std::int64_t value[TimeReader::kBlock];  ///< 0 where there is none
  std::uint64_t present[TimeReader::kBlock / 64];
  bool Has(std::size_t i) const { return (present[i / 64] >> (i % 64) & 1) != 0; }
};

/// Decodes the values of a timeline block by block, in order. A timeline without a column of values
/// has none at any event.
class ValueReader {
 public:
  explicit ValueReader(const View& view);

  /// The values of the next `n` events; `n` is what TimeReader::Next returned.
  void Next(std::size_t n, ValueBlock* block);

  /// Passes over the next `n` events, likewise.
  void Skip(std::size_t n);

  /// The value of one event, which none before it may be asked for any more; for who needs few
  /// and asks in no other way.
  std::optional<std::int64_t> At(std::size_t index);

 private:
  struct Column {
    bool exists;
    const std::byte* bitmap;  ///< null when every event has a value
    GroupReader::Source numbers;
  };
  static Column Open(const View& view);
  ValueReader(const View& view, const Column& column);

  /// How many of the events from index_ on, before `index`, have a value.
  std::size_t PresentBefore(std::size_t index) const;

  /// Which of the events from index_ on, 64 or `n` of them, have a value.
  std::uint64_t PresentBits(std::size_t n) const;
  std::int64_t NextValue();

  static constexpr std::size_t kAhead = 64;

  bool exists_;
  const std::byte* bitmap_;
  std::size_t index_ = 0;    ///< of the next event
  std::size_t skipped_ = 0;  ///< values that were passed over and not yet decoded
  GroupReader numbers_;
  std::size_t ahead_ = 0;  ///< decoded values
  std::size_t taken_ = 0;  ///< how many of them were given
  std::uint64_t decoded_[kAhead];
};

/// A property of all events. Events with the same property have the same symbol and the other way
/// round, so that who compares properties need not know them.
class PropertyColumn {
 public:
  PropertyColumn() = default;

  /// `which` counts from 1 to kMaxProperties. A timeline without the column has it at no event.
  PropertyColumn(const View& view, int which);

  /// True when no event has the property.
  bool empty() const { return packed_ == nullptr; }

  /// What stands for the property of an event.
  std::uint32_t SymbolAt(std::size_t index) const {
    switch (bits_) {
      case 0:
        return 0;
      case 8:
        return std::to_integer<std::uint32_t>(packed_[index]);
      case 16:
        return Load<std::uint16_t>(index);
      case 32:
        return Load<std::uint32_t>(index);
      default:
        return Packed(index);
    }
  }

  /// Null where the event has no property. Throws kCorruptData for a symbol that no writer writes.
  std::optional<std::int32_t> ValueOf(std::uint32_t symbol) const {
    const std::uint32_t shift = nullable_ ? 1 : 0;
    if (symbol < shift) return std::nullopt;
    if (dictionary_ != nullptr) return EntryOf(symbol - shift);
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(base_) + symbol - shift);
  }
  std::optional<std::int32_t> At(std::size_t index) const { return ValueOf(SymbolAt(index)); }

  /// Calls take(i, has, property) for `n` events from `from` on, i counting from 0: whether the
  /// event has the property, and which if so. Of a column that is not empty.
  template <class Take>
  void ForEach(std::size_t from, std::size_t n, Take&& take) const {
    switch (bits_) {
      case 0:
        return Each(
            n, [](std::size_t) { return 0u; }, take);
      case 8:
        return Each(
            n, [this, from](std::size_t i) { return Load<std::uint8_t>(from + i); }, take);
      case 16:
        return Each(
            n, [this, from](std::size_t i) { return Load<std::uint16_t>(from + i); }, take);
      case 32:
        return Each(
            n, [this, from](std::size_t i) { return Load<std::uint32_t>(from + i); }, take);
      default:
        return Each(
            n, [this, from](std::size_t i) { return Packed(from + i); }, take);
    }
  }

  /// The symbol of events that have this property (or none, for nullopt); nullopt when no event
  /// can.
  std::optional<std::uint32_t> SymbolOf(std::optional<std::int32_t> property) const;

 private:
  template <class T>
  std::uint32_t Load(std::size_t index) const {
    T symbol;
    std::memcpy(&symbol, packed_ + index * sizeof(T), sizeof(T));
    return symbol;
  }
  /// The symbol of an event where a byte holds several.
  std::uint32_t Packed(std::size_t index) const {
    const std::size_t bit = index * bits_;
    const auto byte = std::to_integer<std::uint32_t>(packed_[bit / 8]);
    return (byte >> (bit % 8)) & ((1u << bits_) - 1);
  }
  std::int32_t Entry(std::size_t index) const;
  /// The same, checked.
  std::int32_t EntryOf(std::size_t index) const;

  template <class SymbolOfIndex, class Take>
  void Each(std::size_t n, SymbolOfIndex symbol_of, Take& take) const {
    const std::uint32_t shift = nullable_ ? 1 : 0;
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint32_t symbol = symbol_of(i);
      if (dictionary_ == nullptr) {
        take(i, symbol >= shift,
             static_cast<std::int32_t>(static_cast<std::uint32_t>(base_) + symbol - shift));
      } else {
        take(i, symbol >= shift, ValueOf(symbol).value_or(0));
      }
    }
  }

  bool nullable_ = true;
  unsigned bits_ = 0;
  std::int32_t base_ = 0;
  std::size_t entries_ = 0;  ///< of the dictionary; 0 without
  const std::byte* dictionary_ = nullptr;
  const std::byte* packed_ = nullptr;
};

/// Calls use(codes) with the codes of a timeline as `Codes<T>`, T being as wide as they are.
template <class T>
struct Codes {
  static constexpr std::size_t kWidth = sizeof(T);
  const std::byte* at;
  std::int32_t operator[](std::size_t index) const {
    T code;
    std::memcpy(&code, at + index * sizeof(T), sizeof(T));
    return static_cast<std::int32_t>(code);
  }
};
template <class Use>
decltype(auto) WithCodes(const View& view, Use&& use) {
  switch (view.shape().width_log2) {
    case 0:
      return use(Codes<std::uint8_t>{view.codes()});
    case 1:
      return use(Codes<std::uint16_t>{view.codes()});
    default:
      return use(Codes<std::int32_t>{view.codes()});
  }
}

/// Calls visit(i) for the i-th event of a block of `n` that begins at `index`, for all of them or,
/// where codes take a byte, for those whose code is in `marks`; null stands for every code.
template <class T, class Visit>
void ForEachMarked(const View& view, const CodeMarks* marks, Codes<T> codes, std::size_t index,
                   std::size_t n, Visit&& visit) {
  if constexpr (sizeof(T) == 1) {
    if (marks != nullptr) {
      CodeMarks::Words words;
      marks->Mark(codes.at + index, n, view.end(), words);
      return ForEachMark(words, n, visit);
    }
  }
  for (std::size_t i = 0; i < n; ++i) visit(i);
}

/// Calls visit(instant, code) for every event in order.
template <class Visit>
void ForEachEvent(const View& view, Visit&& visit) {
  WithCodes(view, [&](auto codes) {
    TimeReader times(view);
    Micros at[TimeReader::kRoom];
    std::size_t index = 0;
    while (const std::size_t n = times.Next(at)) {
      for (std::size_t i = 0; i < n; ++i) visit(at[i], codes[index + i]);
      index += n;
    }
  });
}

/// Reads whole events block by block: what is not made for one question only.
template <class Record>
class EventReader {
 public:
  explicit EventReader(const View& view) : view_(view), times_(view) {}

  /// Writes the next events and returns how many; 0 at the end. `out` has room for kBlock.
  std::size_t Next(Record* out) {
    const std::size_t n = times_.Next(at_);
    WithCodes(view_, [&](auto codes) {
      for (std::size_t i = 0; i < n; ++i) out[i] = {at_[i], codes[index_ + i]};
    });
    index_ += n;
    return n;
  }

 private:
  const View view_;
  TimeReader times_;
  std::size_t index_ = 0;
  Micros at_[TimeReader::kRoom];
};

template <int kProperties>
class EventReader<WideEvent<kProperties>> {
 public:
  explicit EventReader(const View& view) : view_(view), times_(view), values_(view) {
    for (int i = 0; i < kProperties; ++i) properties_[i] = PropertyColumn(view, i + 1);
  }

  std::size_t Next(WideEvent<kProperties>* out) {
    const std::size_t n = times_.Next(at_);
    values_.Next(n, &block_);
    for (std::size_t i = 0; i < n; ++i) {
      out[i] = {};
      out[i].at = at_[i];
      out[i].code = view_.CodeAt(index_ + i);
      out[i].value = block_.value[i];
      out[i].present = block_.Has(i) ? 1 : 0;
    }
    for (int p = 0; p < kProperties; ++p) {
      if (properties_[p].empty()) continue;
      properties_[p].ForEach(index_, n, [&](std::size_t i, bool has, std::int32_t property) {
        out[i].properties[p] = has ? property : 0;
        out[i].present |= (has ? 2u : 0u) << p;
      });
    }
    index_ += n;
    return n;
  }

 private:
  const View view_;
  TimeReader times_;
  ValueReader values_;
  std::array<PropertyColumn, kProperties> properties_;
  std::size_t index_ = 0;
  Micros at_[TimeReader::kRoom];
  ValueBlock block_;
};

/// Calls visit(record) for every event in order. Polls for interrupts.
template <class Record, class Visit>
void ForEachRecord(const View& view, Visit&& visit) {
  EventReader<Record> reader(view);
  StopTicker ticker;
  Record records[TimeReader::kBlock];
  while (const std::size_t n = reader.Next(records)) {
    for (std::size_t i = 0; i < n; ++i) visit(records[i]);
    ticker.Step(static_cast<std::uint32_t>(n));
  }
}

/// Writes all events at `out`, which has room for view.count(). Polls likewise.
template <class Record>
void CopyEvents(const View& view, Record* out) {
  EventReader<Record> reader(view);
  StopTicker ticker;
  while (const std::size_t n = reader.Next(out)) {
    out += n;
    ticker.Step(static_cast<std::uint32_t>(n));
  }
}

}  // namespace cdp::timeline
