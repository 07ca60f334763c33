/// Events of many users in one state, in any order: what aggregates keep that take the user as an
/// argument instead of grouping by it.
///
/// An event is a row of some eight bytes. Rows wait in partitions, chosen by the user, each in the
/// order of arrival; a partition fits the processor's cache, where it is grouped by user at the end
/// (user_groups.h). A state with few rows is one partition, which can grow in place.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/base/bytes.h"
#include "core/timeline/event.h"
#include "core/timeline/number_groups.h"

namespace cdp::timeline {

inline constexpr std::uint8_t kUserRowsVersion = 1;

/// The bytes before the rows, as docs/formats.md says.
struct UserRowsHeader {
  std::uint8_t version;
  std::uint8_t partition_bits;  ///< 0: one partition, or kPartitionBits
  std::uint8_t columns;         ///< what some row has: bit 0 a value, bit i property i
  std::uint8_t zero;
  std::uint32_t used;      ///< bytes that follow; more room may come after them
  std::uint32_t terms[3];  ///< what the owner of the rows wants to remember
  std::uint32_t before_low;
  std::uint32_t before_high;

  /// With one partition: the time of the last row, from which the next one counts.
  Micros before() const {
    return static_cast<Micros>(std::uint64_t{before_high} << 32 | before_low);
  }
  void set_before(Micros at) {
    before_low = static_cast<std::uint32_t>(at);
    before_high = static_cast<std::uint32_t>(static_cast<std::uint64_t>(at) >> 32);
  }
};
static_assert(sizeof(UserRowsHeader) == 28);

/// Of a stored state: what fits one value of the server beside the tuple it travels in.
inline constexpr std::size_t kMaxStoredRows = (std::size_t{1} << 30) - (std::size_t{1} << 16);

inline constexpr unsigned kPartitionBits = 8;
inline constexpr unsigned kPartitions = 1u << kPartitionBits;

/// A user as partition and key. Users that are multiples of something do not gather in few
/// partitions.
struct UserPlace {
  unsigned partition;
  std::uint64_t key;

  static UserPlace Of(std::int64_t user) {
    const auto number = static_cast<std::uint64_t>(user);
    const std::uint64_t key = number >> kPartitionBits;
    return {static_cast<unsigned>(number & (kPartitions - 1)) ^ Scatter(key), key};
  }
  std::int64_t user() const {
    return static_cast<std::int64_t>(key << kPartitionBits | (partition ^ Scatter(key)));
  }

 private:
  static unsigned Scatter(std::uint64_t key) {
    return static_cast<unsigned>(key * 0x9e3779b97f4a7c15u >> (64 - kPartitionBits));
  }
};

/// Room to be had before a row is written; what it does not take is overwritten by the next.
inline constexpr std::size_t kRowRoom = 64;
/// What a row takes at least.
inline constexpr std::size_t kLeastRow = 4;

/// Writes a row and returns its end. `before`: the time of the row before, 0 for the first.
template <class Record>
std::byte* WriteRow(std::byte* out, std::uint64_t key, Micros before, const Record& event) {
  const std::uint64_t delta = ZigZag(static_cast<std::int64_t>(Elapsed(before, event.at)));
  const auto code = static_cast<std::uint32_t>(CodeOf(event));
  const unsigned delta_bytes = BytesNeeded(delta);
  const unsigned key_bytes = BytesNeeded(key);
  const unsigned wide = code > 0xff ? 1 : 0;
  unsigned more = 0;
  if constexpr (kRoom < Record >> 0) more = event.present != 0 ? 1 : 0;
  *out++ = static_cast<std::byte>((delta_bytes - 1) | (key_bytes - 1) << 3 | wide << 6 | more << 7);
  std::uint64_t value = 0;
  unsigned value_bytes = 1;
  if constexpr (kRoom < Record >> 0) {
    if (more != 0) {
      value = ZigZag(event.value);
      value_bytes = BytesNeeded(value);
      *out++ = static_cast<std::byte>(event.present | (value_bytes - 1) << 5);
    }
  }
  std::memcpy(out, &delta, 8);
  out += delta_bytes;
  std::memcpy(out, &key, 8);
  out += key_bytes;
  std::memcpy(out, &code, 4);
  out += wide != 0 ? 4 : 1;
  if constexpr (kRoom < Record >> 0) {
    if (more == 0) return out;
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

/// Reads rows that lie side by side, whatever the bytes are, and nothing outside of them.
class RowReader {
 public:
  explicit RowReader(std::span<const std::byte> rows)
      : at_(rows.data()), end_(rows.data() + rows.size()) {
    if (rows.size() <= kRowRoom) UseTail();
  }
  RowReader(const RowReader&) = delete;  // it may point into itself
  RowReader& operator=(const RowReader&) = delete;

  /// Reads a row: the key, and the event, whose kind has room for all that rows have; false at the
  /// end. Throws kCorruptData.
  template <class Record>
  bool Next(std::uint64_t* key, Record* event) {
    if (at_ >= end_) return false;
    GoOn(ReadRow(at_, &before_, key, event));
    return true;
  }

  /// Reads the key of a row alone; false at the end. Throws kCorruptData.
  bool NextKey(std::uint64_t* key) {
    if (at_ >= end_) return false;
    GoOn(ReadKey(at_, key));
    return true;
  }

  /// Writes the events of all rows where place() says, each in turn. Faster than Next(): where it
  /// is stays in a register, and events are not copied.
  template <class Record, class Place>
  [[gnu::always_inline]] void WriteEvents(Place&& place) {
    std::uint64_t key;
    const std::byte* at = at_;
    Micros before = before_;
    for (const std::byte* const end = end_; end - at > kNear;) {
      at = ReadRow(at, &before, &key, place());
    }
    before_ = before;
    GoOn(at);
    Record event;
    while (Next(&key, &event)) *place() = event;
  }

  /// Calls visit(key) for all rows, likewise.
  template <class Visit>
  [[gnu::always_inline]] void ForEachKey(Visit&& visit) {
    std::uint64_t key;
    const std::byte* at = at_;
    for (const std::byte* const end = end_; end - at > kNear;) {
      at = ReadKey(at, &key);
      visit(key);
    }
    GoOn(at);
    while (NextKey(&key)) visit(key);
  }

  [[noreturn]] static void Corrupt(const char* why);
  [[noreturn]] static void CorruptColumn();

 private:
  static constexpr auto kNear = static_cast<std::ptrdiff_t>(kRowRoom);

  /// The one or two bytes at the beginning of a row that say how long it is. They lie together so
  /// that the next row is found after one load.
  struct Controls {
    explicit Controls(const std::byte* at) : first(std::to_integer<unsigned>(*at)), end(at + 1) {
      if ((first & kMore) != 0) more = std::to_integer<unsigned>(*end++);
    }
    unsigned delta_bytes() const { return (first & 7) + 1; }
    unsigned key_bytes() const { return (first >> 3 & 7) + 1; }
    unsigned value_bytes() const { return (more >> 5) + 1; }
    /// Moves `from` behind the code. A jump that is foreseen: nothing waits for the length, as it
    /// would if that were computed.
    std::int32_t ReadCode(const std::byte** from) const {
      std::int32_t code = std::to_integer<std::uint8_t>(*(*from)++);
      if (__builtin_expect_with_probability((first & kWideCode) != 0, 0, 0.999)) {
        std::memcpy(&code, *from - 1, sizeof(code));
        *from += 3;
      }
      return code;
    }

    static constexpr unsigned kWideCode = 64;
    static constexpr unsigned kMore = 128;
    unsigned first;
    unsigned more = 0;  ///< the second byte
    const std::byte* end;
  };

  /// Both return the end of the row that begins there, which is in reach of kRowRoom.
  template <class Record>
  [[gnu::always_inline]] static const std::byte* ReadRow(const std::byte* at, Micros* before,
                                                         std::uint64_t* key, Record* event) {
    const Controls controls(at);
    const std::byte* from = controls.end;
    const std::uint64_t delta = Load(from, controls.delta_bytes());
    *before = static_cast<Micros>(static_cast<std::uint64_t>(*before) +
                                  static_cast<std::uint64_t>(UnZigZag(delta)));
    from += controls.delta_bytes();
    *key = Load(from, controls.key_bytes());
    from += controls.key_bytes();
    const std::int32_t code = controls.ReadCode(&from);
    if constexpr (kRoom < Record >> 0) {
      *event = {};
      event->at = *before;
      event->code = code;
      if (controls.more != 0) from = ReadMore(controls, from, event);
    } else {
      *event = {*before, code};
      if (controls.more != 0) CorruptColumn();
    }
    return from;
  }
  static const std::byte* ReadKey(const std::byte* at, std::uint64_t* key) {
    const Controls controls(at);
    const std::byte* from = controls.end + controls.delta_bytes();
    *key = Load(from, controls.key_bytes());
    from += controls.key_bytes();
    controls.ReadCode(&from);
    if ((controls.more & 1) != 0) from += controls.value_bytes();
    for (unsigned left = controls.more >> 1 & 15; left != 0; left &= left - 1) {
      for (unsigned bytes = 0; bytes < 4 && *from >= std::byte{128}; ++bytes) ++from;
      ++from;
    }
    return from;
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

  /// Returns the end of the row.
  template <int kProperties>
  static const std::byte* ReadMore(const Controls& controls, const std::byte* from,
                                   WideEvent<kProperties>* event) {
    event->present = controls.more & 31;
    if (event->present >> (kProperties + 1) != 0) CorruptColumn();
    if (event->has_value()) {
      event->value = UnZigZag(Load(from, controls.value_bytes()));
      from += controls.value_bytes();
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
  void GoOn(const std::byte* next) {
    at_ = next;
    if (end_ - at_ <= kNear) [[unlikely]]
      NearEnd();
  }
  void NearEnd();
  void UseTail();

  const std::byte* at_;
  const std::byte* end_;
  Micros before_ = 0;
  bool in_tail_ = false;
  std::byte tail_[2 * kRowRoom];  ///< the last rows: behind them anything may be read
};

/// Some rows of a partition, in the order of arrival; the times of each segment count anew.
struct RowSegment {
  unsigned partition;
  std::span<const std::byte> rows;
};

/// All the rows of a state, by partition.
struct RowSegments {
  explicit RowSegments(std::pmr::memory_resource* memory) : segments(memory) {}

  std::uint8_t partition_bits = 0;
  std::uint8_t columns = 0;
  std::pmr::vector<RowSegment> segments;

  /// The user that a key means in a partition.
  std::int64_t UserOf(unsigned partition, std::uint64_t key) const {
    if (partition_bits == 0) return static_cast<std::int64_t>(key);
    return UserPlace{partition, key}.user();
  }
};

/// Reads a stored state; the segments point into the bytes. Throws kCorruptData when they are none.
UserRowsHeader ReadUserRowsHeader(std::span<const std::byte> bytes);
/// How many of the bytes are header and rows; what follows them is spare room.
inline std::size_t UserRowsSize(std::span<const std::byte> bytes) {
  return sizeof(UserRowsHeader) + ReadUserRowsHeader(bytes).used;
}
RowSegments ReadUserRows(std::span<const std::byte> bytes, std::pmr::memory_resource* memory);

/// Judges bytes that come through a door, every row of them. Throws an error of kind `code`.
void CheckUserRows(std::span<const std::byte> bytes, ErrorCode code);

/// The number of rows.
std::uint64_t CountRows(const RowSegments& rows);

/// A state of many rows, in memory of its own that grows by blocks: it is not bound to what one
/// value of the server can hold, only its stored form is. Gives no block back: that is for the end
/// of the memory resource.
class UserRows {
 public:
  explicit UserRows(std::pmr::memory_resource* memory) : memory_(memory) {}

  /// What the owner wants to remember.
  std::array<std::uint32_t, 3>& terms() { return terms_; }
  std::uint8_t columns() const { return columns_; }

  template <class Record>
  void Add(std::int64_t user, const Record& event) {
    if (AddInRoom(user, event)) [[likely]]
      return;
    NewBlock(&partitions_[UserPlace::Of(user).partition], 0);
    AddInRoom(user, event);
  }

  /// The same unless there is no room left: then nothing is done. Never throws.
  template <class Record>
  bool AddInRoom(std::int64_t user, const Record& event) {
    const UserPlace place = UserPlace::Of(user);
    Partition& partition = partitions_[place.partition];
    if (partition.end - partition.at < static_cast<std::ptrdiff_t>(kRowRoom)) [[unlikely]]
      return false;
    partition.at = WriteRow(partition.at, place.key, partition.before, event);
    partition.before = event.at;
    if constexpr (kRoom < Record >> 0) columns_ |= static_cast<std::uint8_t>(event.present);
    return true;
  }

  /// Takes the rows of another state, behind those that it has.
  void Take(const RowSegments& other);
  void Take(std::span<const std::byte> bytes) { Take(ReadUserRows(bytes, memory_)); }

  RowSegments Segments(std::pmr::memory_resource* memory) const;

  std::size_t FlatSize() const;
  void FlattenInto(std::byte* out) const;

 private:
  struct Block {
    Block* next;
    const std::byte* end;  ///< of its rows, once another block follows
    std::byte* rows() { return reinterpret_cast<std::byte*>(this + 1); }
    const std::byte* rows() const { return reinterpret_cast<const std::byte*>(this + 1); }
  };
  struct Partition {
    std::byte* at = nullptr;
    std::byte* end = nullptr;
    Micros before = 0;
    Block* first = nullptr;
    Block* last = nullptr;
  };

  /// Opens a block with room for `bytes`, or for as much as suits the partition.
  void NewBlock(Partition* partition, std::size_t bytes);
  /// Calls visit(partition, rows) for each block that has rows.
  template <class Visit>
  void ForEachBlock(Visit&& visit) const;

  std::pmr::memory_resource* memory_;
  std::array<std::uint32_t, 3> terms_ = {};
  std::uint8_t columns_ = 0;
  std::array<Partition, kPartitions> partitions_ = {};
};

}  // namespace cdp::timeline
