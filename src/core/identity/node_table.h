/// Union-find over nodes that are any 64-bit numbers: a hash table whose slots hold the parents.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <vector>

#include "core/base/stop.h"
#include "core/identity/union_find.h"

namespace cdp::identity {

/// Open addressing with linear probing, at most three quarters full, 12 bytes a slot. A node's
/// parent is the place of another slot, and lies beside the node: to find a node and to take the
/// first step towards its root is one cache miss. As in every union-find here no parent stands
/// behind its child.
///
/// The table may be sorted where it lies, which needs no second copy of the nodes; what comes
/// afterwards makes it a table again.
class NodeTable {
 public:
  explicit NodeTable(std::pmr::memory_resource* memory) : slots_(memory) {}

  std::uint32_t size() const { return size_; }

  /// Makes room for so many nodes more. Places change.
  void Reserve(std::size_t more) {
    if (size_ + more > limit_) [[unlikely]]
      Grow(size_ + more);
  }

  /// Asks the cache for the slot that Place(node) looks at first.
  void Prefetch(std::int64_t node) const {
    __builtin_prefetch(&slots_[Home(static_cast<std::uint64_t>(node))], 1);
  }

  /// The place of a node, which becomes known; there must be room.
  std::uint32_t Place(std::int64_t node) {
    const auto key = static_cast<std::uint64_t>(node);
    std::size_t at = Home(key);
    for (; slots_[at].parent != kEmpty; at = (at + 1) & mask_) {
      if (slots_[at].key() == key) return static_cast<std::uint32_t>(at);
    }
    const auto place = static_cast<std::uint32_t>(at);
    slots_[at] = Slot(key, place);
    ++size_;
    return place;
  }

  /// Joins the sets of two places. True when they were two.
  bool Unite(std::uint32_t x, std::uint32_t y) {
    return identity::Unite(Parents{slots_.data()}, x, y);
  }

  /// Fills an empty table with nodes whose sets are known: for_each(f) calls f(node, index, root)
  /// in ascending order of index for every node, where root is the smallest index of its set, and
  /// scratch(root) is a word that may be overwritten once f has been called for that root.
  template <class ForEach, class ScratchOf>
  void Fill(std::size_t count, ForEach&& for_each, ScratchOf&& scratch) {
    Grow(count);
    FillSlots(for_each, scratch);
  }

  /// Sorts the nodes. Until room is reserved again, they are read by number.
  void Sort();
  bool sorted() const { return sorted_; }
  std::int64_t Node(std::size_t i) const { return static_cast<std::int64_t>(slots_[i].key()); }
  /// The number of the smallest node of the i-th one's set.
  std::uint32_t First(std::size_t i) const { return slots_[i].parent; }

  void Clear() {
    std::pmr::vector<Slot>(slots_.get_allocator()).swap(slots_);
    size_ = limit_ = 0;
    sorted_ = false;
  }

 private:
  static constexpr std::uint32_t kEmpty = std::numeric_limits<std::uint32_t>::max();
  static constexpr int kFirstBits = 8;
  static constexpr int kMostBits = 31;

  // Two halves instead of one word: no padding.
  struct Slot {
    Slot() = default;
    Slot(std::uint64_t key, std::uint32_t new_parent)
        : low(static_cast<std::uint32_t>(key)),
          high(static_cast<std::uint32_t>(key >> 32)),
          parent(new_parent) {}
    std::uint64_t key() const { return (static_cast<std::uint64_t>(high) << 32) | low; }
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    std::uint32_t parent = kEmpty;
  };

  struct Parents {
    Slot* slots;
    std::uint32_t& operator[](std::uint32_t place) const { return slots[place].parent; }
  };

  std::size_t Home(std::uint64_t key) const {
    // Both halves of the product are folded: ids that differ only in high bits must not collide.
    const auto product =
        static_cast<unsigned __int128>(key ^ 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u;
    // The upper bits, so that a table twice as large has its nodes in nearly the same order, and
    // growing walks through both in step.
    return static_cast<std::size_t>(
        (static_cast<std::uint64_t>(product >> 64) ^ static_cast<std::uint64_t>(product)) >>
        shift_);
  }

  /// Makes a table for so many nodes at least, of what the slots hold, sorted or not.
  void Grow(std::size_t nodes);
  void Allocate(std::size_t nodes);
  void Flatten();
  static void SortByKey(Slot* begin, Slot* end, int digit_shift);

  // A slot remembers the index of its root; when all are in, the root's scratch word holds the
  // smallest place of the set, which becomes the parent of everybody in it.
  template <class ForEach, class ScratchOf>
  void FillSlots(ForEach&& for_each, ScratchOf&& scratch) {
    StopTicker ticker;
    for_each([&](std::int64_t node, std::uint32_t index, std::uint32_t root) {
      ticker.Step();
      const std::uint32_t place = Place(node);
      slots_[place].parent = root;
      std::uint32_t& smallest = scratch(root);
      if (index == root || place < smallest) smallest = place;
    });
    for (Slot& slot : slots_) {
      ticker.Step();
      if (slot.parent != kEmpty) slot.parent = scratch(slot.parent);
    }
  }

  std::pmr::vector<Slot> slots_;
  std::size_t mask_ = 0;
  int shift_ = 0;
  std::uint32_t size_ = 0;
  std::size_t limit_ = 0;  // 0 while sorted
  bool sorted_ = false;
};

}  // namespace cdp::identity
