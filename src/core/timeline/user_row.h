/// One event of one of many users, as a row of some eight bytes among others.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "core/base/bytes.h"
#include "core/timeline/event.h"
#include "core/timeline/number_groups.h"

namespace cdp::timeline {

/// Room to be had before a row is written, its key included; what it does not take is overwritten
/// by the next.
inline constexpr std::size_t kRowRoom = 64;
/// What a row with its key takes at least.
inline constexpr std::size_t kLeastRow = 4;

namespace internal {

/// The first byte of a row. What most rows are tells all their lengths by it, so that both ways go
/// without a jump that depends on the row: code and property of a byte each, a value of at most
/// seven.
inline constexpr unsigned kShortProperty = 8;  ///< property 1 is there, in a byte
inline constexpr unsigned kShortValueAt = 4;  ///< where three bits for the bytes of the value begin
inline constexpr unsigned kLongRow = 128;
inline constexpr unsigned kWideCode = 8;  ///< of a long row

}  // namespace internal

/// A row that WriteRow has no short form for.
template <class Record>
[[gnu::noinline]] std::byte* WriteLongRow(std::byte* out, std::uint64_t key, unsigned key_bytes,
                                          std::uint64_t delta, const Record& event) {
  const auto code = static_cast<std::uint32_t>(CodeOf(event));
  const unsigned delta_bytes = BytesNeeded(delta);
  const unsigned wide = code > 0xff ? internal::kWideCode : 0;
  *out++ = static_cast<std::byte>((delta_bytes - 1) | wide | internal::kLongRow);
  std::memcpy(out, &key, 8);
  out += key_bytes;
  std::uint64_t value = 0;
  unsigned value_bytes = 1;
  unsigned present = 0;
  if constexpr (kRoom < Record >> 0) {
    value = ZigZag(event.value);
    value_bytes = BytesNeeded(value);
    present = event.present;
  }
  *out++ = static_cast<std::byte>(present | (value_bytes - 1) << 5);
  std::memcpy(out, &code, 4);
  out += wide != 0 ? 4 : 1;
  std::memcpy(out, &delta, 8);
  out += delta_bytes;
  if constexpr (kRoom < Record >> 0) {
    if (event.has_value()) {
      std::memcpy(out, &value, 8);
      out += value_bytes;
    }
    for (int i = 0; i < kRoom<Record>; ++i) {
      if (event.has_property(i + 1)) out = WriteVarint(out, ZigZag(event.properties[i]));
    }
  }
  return out;
}

/// Writes a row and returns its end. `key` takes so many bytes; `before`: the time of the row
/// before, 0 for the first.
template <class Record>
[[gnu::always_inline]] inline std::byte* WriteRow(std::byte* out, std::uint64_t key,
                                                  unsigned key_bytes, Micros before,
                                                  const Record& event) {
  const std::uint64_t delta = ZigZag(static_cast<std::int64_t>(Elapsed(before, event.at)));
  const auto code = static_cast<std::uint32_t>(CodeOf(event));
  const unsigned delta_bytes = BytesNeeded(delta);
  unsigned has_property = 0;
  std::uint32_t property = 0;
  unsigned value_bytes = 0;
  std::uint64_t value = 0;
  std::uint32_t more = 0;
  if constexpr (kRoom < Record >> 0) {
    value = ZigZag(event.value);
    value_bytes = event.has_value() ? BytesNeeded(value) : 0;
    property = static_cast<std::uint32_t>(event.properties[0]);  // what is absent is zero
    has_property = event.present >> 1;
    more = event.present >> 2 | value_bytes >> 3;
  }
  if (((code | property) >> 8 | more) != 0) [[unlikely]]
    return WriteLongRow(out, key, key_bytes, delta, event);
  *out++ = static_cast<std::byte>((delta_bytes - 1) | has_property * internal::kShortProperty |
                                  value_bytes << internal::kShortValueAt);
  std::memcpy(out, &key, 8);
  out += key_bytes;
  const auto symbols = static_cast<std::uint16_t>(code | property << 8);
  std::memcpy(out, &symbols, 2);
  out += 1 + has_property;
  std::memcpy(out, &delta, 8);
  out += delta_bytes;
  if constexpr (kRoom < Record >> 0) {
    std::memcpy(out, &value, 8);
    out += value_bytes;
  }
  return out;
}

/// Writes a row of one partition, whose key goes before it.
template <class Record>
std::byte* WriteKeyedRow(std::byte* out, std::uint64_t key, Micros before, const Record& event) {
  return WriteRow(WriteVarint(out, key), 0, 0, before, event);
}

/// Some rows of a partition, in the order of arrival; the times of each segment count anew.
struct RowSegment {
  unsigned partition = 0;
  std::span<const std::byte> rows;
  unsigned key_bytes = 0;  ///< of each key, at most eight; 0: keys lie before their rows
};

/// Reads the rows of a segment, whatever the bytes are, and nothing outside of them.
class RowReader {
 public:
  explicit RowReader(const RowSegment& segment)
      : at_(segment.rows.data()),
        end_(segment.rows.data() + segment.rows.size()),
        key_bytes_(segment.key_bytes) {
    if (segment.rows.size() <= kRowRoom) UseTail();
  }
  RowReader(const RowReader&) = delete;  // it may point into itself
  RowReader& operator=(const RowReader&) = delete;

  /// Reads a row: the key, and the event, whose kind has room for all that rows have; false at the
  /// end. Throws kCorruptData.
  template <class Record>
  bool Next(std::uint64_t* key, Record* event) {
    if (at_ >= end_) return false;
    std::uint64_t inner = 0;
    const std::byte* const at = key_bytes_ == 0 ? ReadInnerKey(at_, key) : at_;
    GoOn(ReadRow(at, key_bytes_, &before_, key_bytes_ == 0 ? &inner : key, event));
    return true;
  }

  /// Reads the key of a row alone; false at the end. Throws kCorruptData.
  bool NextKey(std::uint64_t* key) {
    if (at_ >= end_) return false;
    std::uint64_t inner = 0;
    const std::byte* const at = key_bytes_ == 0 ? ReadInnerKey(at_, key) : at_;
    GoOn(ReadKey(at, key_bytes_, key_bytes_ == 0 ? &inner : key));
    return true;
  }

  /// Writes the events of all rows where place(key) says, each in turn. Faster than Next(): where
  /// it is stays in registers, and events are not copied.
  template <class Record, class Place>
  [[gnu::always_inline]] void WriteEvents(Place&& place) {
    if (key_bytes_ != 0) {
      const std::byte* at = at_;
      const unsigned key_bytes = key_bytes_;
      Micros before = before_;
      for (const std::byte* const end = end_; end - at > kNear;) {
        Record* const event = place(Load(at + 1, key_bytes));
        std::uint64_t key;
        at = ReadRow(at, key_bytes, &before, &key, event);
      }
      before_ = before;
      GoOn(at);
    }
    std::uint64_t key = 0;
    Record event;
    while (Next(&key, &event)) *place(key) = event;
  }

  /// Calls visit(key) for all rows, likewise.
  template <class Visit>
  [[gnu::always_inline]] void ForEachKey(Visit&& visit) {
    std::uint64_t key = 0;
    if (key_bytes_ != 0) {
      const std::byte* at = at_;
      const unsigned key_bytes = key_bytes_;
      for (const std::byte* const end = end_; end - at > kNear;) {
        at = ReadKey(at, key_bytes, &key);
        visit(key);
      }
      GoOn(at);
    }
    while (NextKey(&key)) visit(key);
  }

  [[noreturn]] static void Corrupt(const char* why);
  [[noreturn]] static void CorruptColumn();

 private:
  static constexpr auto kNear = static_cast<std::ptrdiff_t>(kRowRoom);

  /// Both return the end of what begins there, which is in reach of kRowRoom.
  static const std::byte* ReadInnerKey(const std::byte* at, std::uint64_t* key) {
    std::uint64_t number = 0;
    unsigned byte = 128;
    for (unsigned shift = 0; byte >= 128 && shift < 64; shift += 7) {
      byte = std::to_integer<unsigned>(*at++);
      number |= std::uint64_t{byte & 127} << shift;
    }
    *key = number;
    return at;
  }
  template <class Record>
  [[gnu::always_inline]] static const std::byte* ReadRow(const std::byte* at, unsigned key_bytes,
                                                         Micros* before, std::uint64_t* key,
                                                         Record* event) {
    const auto first = std::to_integer<unsigned>(*at++);
    *key = Load(at, key_bytes);
    at += key_bytes;
    if ((first & internal::kLongRow) != 0) [[unlikely]]
      return ReadLongRow(first, at, before, event);
    const unsigned delta_bytes = (first & 7) + 1;
    std::uint16_t symbols;
    std::memcpy(&symbols, at, sizeof(symbols));
    const unsigned has_property = first / internal::kShortProperty & 1;
    at += 1 + has_property;
    *before = Later(*before, Load(at, delta_bytes));
    at += delta_bytes;
    if constexpr (kRoom < Record >> 0) {
      const unsigned value_bytes = first >> internal::kShortValueAt;
      event->at = *before;
      event->code = symbols & 0xff;
      event->present = (value_bytes != 0 ? 1 : 0) | has_property << 1;
      event->value = UnZigZag(Load(at, value_bytes));
      event->properties[0] = static_cast<std::int32_t>(symbols >> 8 & -has_property);
      for (int i = 1; i < kRoom<Record>; ++i) event->properties[i] = 0;
      return at + value_bytes;
    } else {
      if (first > 7) [[unlikely]]
        CorruptColumn();
      *event = {*before, symbols & 0xff};
      return at;
    }
  }
  template <class Record>
  [[gnu::noinline]] static const std::byte* ReadLongRow(unsigned first, const std::byte* at,
                                                        Micros* before, Record* event) {
    const auto more = std::to_integer<unsigned>(*at++);
    std::int32_t code = std::to_integer<std::uint8_t>(*at++);
    if ((first & internal::kWideCode) != 0) {
      std::memcpy(&code, at - 1, sizeof(code));
      at += 3;
    }
    const unsigned delta_bytes = (first & 7) + 1;
    *before = Later(*before, Load(at, delta_bytes));
    at += delta_bytes;
    if constexpr (kRoom < Record >> 0) {
      *event = {};
      event->at = *before;
      event->code = code;
      return ReadColumns(more, at, event);
    } else {
      if ((more & 31) != 0) CorruptColumn();
      *event = {*before, code};
      return at;
    }
  }
  [[gnu::always_inline]] static const std::byte* ReadKey(const std::byte* at, unsigned key_bytes,
                                                         std::uint64_t* key) {
    const auto first = std::to_integer<unsigned>(*at++);
    *key = Load(at, key_bytes);
    at += key_bytes;
    if ((first & internal::kLongRow) != 0) [[unlikely]]
      return EndOfLongRow(first, at);
    return at + ((first & 7) + 2 + (first / internal::kShortProperty & 1) +
                 (first >> internal::kShortValueAt));
  }
  static const std::byte* EndOfLongRow(unsigned first, const std::byte* at);
  /// Values and properties of a long row.
  template <int kProperties>
  static const std::byte* ReadColumns(unsigned more, const std::byte* from,
                                      WideEvent<kProperties>* event) {
    event->present = more & 31;
    if (event->present >> (kProperties + 1) != 0) CorruptColumn();
    if (event->has_value()) {
      const unsigned value_bytes = (more >> 5) + 1;
      event->value = UnZigZag(Load(from, value_bytes));
      from += value_bytes;
    }
    for (int i = 0; i < kProperties; ++i) {
      if (!event->has_property(i + 1)) continue;
      std::uint64_t number = 0;
      unsigned byte = 128;
      for (unsigned shift = 0; byte >= 128 && shift < 35; shift += 7) {
        byte = std::to_integer<unsigned>(*from++);
        number |= std::uint64_t{byte & 127} << shift;
      }
      event->properties[i] = static_cast<std::int32_t>(UnZigZag(number));
    }
    return from;
  }

  static Micros Later(Micros before, std::uint64_t delta) {
    return static_cast<Micros>(static_cast<std::uint64_t>(before) +
                               static_cast<std::uint64_t>(UnZigZag(delta)));
  }
  /// The number in the first so many of the eight bytes there.
  static std::uint64_t Load(const std::byte* from, unsigned bytes) {
    std::uint64_t number;
    std::memcpy(&number, from, 8);
    return number & kMasks[bytes];
  }
  static constexpr std::array<std::uint64_t, 9> kMasks = [] {
    std::array<std::uint64_t, 9> masks{};
    for (unsigned bytes = 1; bytes <= 8; ++bytes) {
      masks[bytes] = ~std::uint64_t{0} >> (64 - 8 * bytes);
    }
    return masks;
  }();

  void GoOn(const std::byte* next) {
    at_ = next;
    if (end_ - at_ <= kNear) [[unlikely]]
      NearEnd();
  }
  void NearEnd();
  void UseTail();

  const std::byte* at_;
  const std::byte* end_;
  unsigned key_bytes_;
  Micros before_ = 0;
  bool in_tail_ = false;
  std::byte tail_[2 * kRowRoom];  ///< the last rows: behind them anything may be read
};

}  // namespace cdp::timeline
