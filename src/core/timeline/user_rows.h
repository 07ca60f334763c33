/// Events of many users in one state, in any order: what aggregates keep that take the user as an
/// argument instead of grouping by it.
///
/// An event is a row of some eight bytes. Rows wait in partitions, chosen by the user, each in the
/// order of arrival; a partition fits the processor's cache, where it is grouped by user at the end
/// (user_groups.h). A state with few rows is one partition, which can grow in place.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/timeline/user_row.h"

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
    const UserPlace place = UserPlace::Of(user);
    NewBlock(place.partition, place.key);
    AddInRoom(user, event);
  }

  /// The same unless there is no room left: then nothing is done. Never throws.
  template <class Record>
  [[gnu::always_inline]] bool AddInRoom(std::int64_t user, const Record& event) {
    const UserPlace place = UserPlace::Of(user);
    Partition& partition = partitions_[place.partition];
    // The keys of a block have as many bytes as its longest.
    const unsigned shift = partition.key_shift;
    if (partition.end - partition.at < static_cast<std::ptrdiff_t>(kRowRoom) ||
        place.key << shift >> shift != place.key) [[unlikely]]
      return false;
    partition.at = WriteRow(partition.at, place.key, partition.key_bytes, partition.before, event);
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
    std::uint32_t bytes;   ///< with this head
    std::uint32_t key_bytes;
    std::byte* rows() { return reinterpret_cast<std::byte*>(this + 1); }
    const std::byte* rows() const { return reinterpret_cast<const std::byte*>(this + 1); }
  };
  /// Where the next row goes: side by side, for every row comes to another of them.
  struct Partition {
    std::byte* at = nullptr;
    std::byte* end = nullptr;
    Micros before = 0;
    std::uint32_t key_bytes = 1;
    std::uint32_t key_shift = 64 - 8;
  };
  struct Blocks {
    Block* first = nullptr;
    Block* last = nullptr;
  };

  /// Opens a block for rows of this key and others.
  void NewBlock(unsigned partition, std::uint64_t key);
  void AppendBlock(unsigned partition, std::size_t bytes, unsigned key_bytes);
  /// Calls visit(segment) for each block that has rows.
  template <class Visit>
  void ForEachBlock(Visit&& visit) const;

  std::pmr::memory_resource* memory_;
  std::array<std::uint32_t, 3> terms_ = {};
  std::uint8_t columns_ = 0;
  std::array<Partition, kPartitions> partitions_ = {};
  std::array<Blocks, kPartitions> blocks_ = {};
};

}  // namespace cdp::timeline
