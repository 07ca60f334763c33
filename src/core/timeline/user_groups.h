/// The rows of many users, user by user.
#pragma once

#include <algorithm>
#include <memory_resource>
#include <span>
#include <utility>
#include <vector>

#include "core/base/room.h"
#include "core/timeline/user_rows.h"

namespace cdp::timeline {

/// Gives each user once, with all events of that user in the order of arrival; users in no
/// particular order. Works on one partition at a time and needs memory for the largest.
template <class Record>
class UserGroups {
 public:
  /// What the segments point to must live as long as the groups are asked for.
  UserGroups(RowSegments&& rows, std::pmr::memory_resource* memory)
      : memory_(memory),
        rows_(std::move(rows)),
        keys_(memory),
        begins_(memory),
        users_(memory),
        events_(memory) {}

  /// The next user; false at the end. The events may be sorted or changed; they live until the next
  /// call.
  bool Next(std::int64_t* user, std::span<Record>* events) {
    for (;;) {
      while (next_ + 1 < begins_.size()) {
        const std::size_t group = next_++;
        if (begins_[group] == begins_[group + 1]) continue;
        const std::uint64_t key = users_.empty() ? least_ + group : users_[group];
        *user = rows_.UserOf(partition_, key);
        *events = {events_.data() + begins_[group], begins_[group + 1] - begins_[group]};
        return true;
      }
      if (segment_ == rows_.segments.size()) return false;
      NextPartition();
    }
  }

 private:
  void NextPartition() {
    const std::size_t first = segment_;
    partition_ = rows_.segments[first].partition;
    while (segment_ < rows_.segments.size() && rows_.segments[segment_].partition == partition_) {
      ++segment_;
    }
    const std::span<const RowSegment> segments(&rows_.segments[first], segment_ - first);
    next_ = 0;
    begins_.clear();
    const std::span<std::uint64_t> keys = ReadKeys(segments);
    if (keys.empty()) return;
    NumberUsers(keys);
    // begins_[g + 1] counts the rows of group g, then says where its next row goes.
    for (const std::uint64_t group : keys) ++begins_[group + 1];
    std::size_t before = 0;
    for (std::size_t group = 1; group < begins_.size(); ++group) {
      const std::size_t rows = begins_[group];
      begins_[group] = before;
      before += rows;
    }
    Record* const events = events_.For(keys.size());
    std::size_t* const ends = begins_.data() + 1;
    const std::uint64_t* group = keys.data();
    StopTicker ticker;
    for (const RowSegment& segment : segments) {
      RowReader(segment).WriteEvents<Record>([&](std::uint64_t) {
        ticker.Step();
        return &events[ends[*group++]++];
      });
    }
  }

  /// The keys of all rows there.
  std::span<std::uint64_t> ReadKeys(std::span<const RowSegment> segments) {
    std::size_t bytes = 0;
    for (const RowSegment& segment : segments) bytes += segment.rows.size();
    std::uint64_t* const keys = keys_.For(bytes / kLeastRow);
    std::uint64_t* end = keys;
    std::uint64_t least = ~std::uint64_t{0};
    std::uint64_t most = 0;
    StopTicker ticker;
    for (const RowSegment& segment : segments) {
      RowReader(segment).ForEachKey([&](std::uint64_t key) {
        least = std::min(least, key);
        most = std::max(most, key);
        *end++ = key;
        ticker.Step();
      });
    }
    least_ = least;
    most_ = most;
    return {keys, end};
  }

  /// Puts the number of its user into the place of each key and makes room to count.
  void NumberUsers(std::span<std::uint64_t> keys) {
    users_.clear();
    if (most_ - least_ < 4 * keys.size() + 1024) {
      for (std::uint64_t& key : keys) key -= least_;
      begins_.assign(most_ - least_ + 2, 0);
      return;
    }
    // A table of the users met so far; what it holds is their number and one more.
    std::pmr::vector<std::uint32_t> table(memory_);
    unsigned bits = 10;
    table.assign(std::size_t{1} << bits, 0);
    StopTicker ticker;
    for (std::uint64_t& key : keys) {
      std::size_t slot = Slot(key, bits);
      while (table[slot] != 0 && users_[table[slot] - 1] != key) {
        slot = (slot + 1) & (table.size() - 1);
        ticker.Step();
      }
      if (table[slot] == 0) {
        users_.push_back(key);
        table[slot] = static_cast<std::uint32_t>(users_.size());
      }
      key = table[slot] - 1;
      ticker.Step();
      if (2 * users_.size() > table.size()) {
        ++bits;
        table.assign(std::size_t{1} << bits, 0);
        for (std::size_t number = 0; number < users_.size(); ++number) {
          slot = Slot(users_[number], bits);
          while (table[slot] != 0) slot = (slot + 1) & (table.size() - 1);
          table[slot] = static_cast<std::uint32_t>(number + 1);
        }
      }
    }
    begins_.assign(users_.size() + 1, 0);
  }

  static std::size_t Slot(std::uint64_t key, unsigned bits) {
    key ^= key >> 32;
    return key * 0x9e3779b97f4a7c15u >> (64 - bits);
  }

  std::pmr::memory_resource* memory_;
  RowSegments rows_;
  std::size_t segment_ = 0;  ///< the next that was not read
  unsigned partition_ = 0;
  std::size_t next_ = 0;     ///< group
  std::uint64_t least_ = 0;  ///< key of group 0 where users_ is empty
  std::uint64_t most_ = 0;
  Room<std::uint64_t> keys_;               ///< of rows, then the numbers of their groups
  std::pmr::vector<std::size_t> begins_;   ///< of groups, and the end
  std::pmr::vector<std::uint64_t> users_;  ///< keys of groups, where they lie far apart
  Room<Record> events_;                    ///< of the partition, user by user
};

}  // namespace cdp::timeline
