/// Gives nodes (any 64-bit numbers) dense numbers 0, 1, 2, ... in order of arrival.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/stop.h"

namespace cdp::identity {

/// Open addressing with linear probing, at most three quarters full. The node lies in the slot
/// itself, so that a look-up costs one cache miss; 12 bytes a slot.
class NodeMap {
 public:
  explicit NodeMap(std::pmr::memory_resource* memory) : slots_(memory) {}

  std::uint32_t size() const { return size_; }

  /// The node's number; size() as it was before the call when the node is new.
  std::uint32_t Number(std::int64_t node) {
    if (size_ >= limit_) [[unlikely]]
      Grow();
    const auto key = static_cast<std::uint64_t>(node);
    std::size_t at = Home(key);
    for (; slots_[at].number != kEmpty; at = (at + 1) & mask_) {
      if (slots_[at].key() == key) return slots_[at].number;
    }
    slots_[at] = Slot(key, size_);
    return size_++;
  }

  /// Asks the cache for the slot that Number(node) looks at first.
  void Prefetch(std::int64_t node) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[Home(static_cast<std::uint64_t>(node))], 1);
  }

  /// Calls f(node, number) for every node, in no order.
  template <class F>
  void ForEach(F&& f) const {
    StopTicker ticker;
    for (const Slot& slot : slots_) {
      if (slot.number != kEmpty) f(static_cast<std::int64_t>(slot.key()), slot.number);
      ticker.Step();
    }
  }

  void Clear() {
    std::pmr::vector<Slot>(slots_.get_allocator()).swap(slots_);
    size_ = limit_ = 0;
  }

 private:
  static constexpr std::uint32_t kEmpty = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::size_t kFirstSlots = 256;
  static constexpr std::size_t kMostSlots = std::size_t{1} << 32;

  // Two halves instead of one word: no padding.
  struct Slot {
    Slot() = default;
    Slot(std::uint64_t key, std::uint32_t new_number)
        : low(static_cast<std::uint32_t>(key)),
          high(static_cast<std::uint32_t>(key >> 32)),
          number(new_number) {}
    std::uint64_t key() const { return (static_cast<std::uint64_t>(high) << 32) | low; }
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    std::uint32_t number = kEmpty;
  };

  std::size_t Home(std::uint64_t key) const {
    // Both halves of the product are folded: ids that differ only in high bits must not collide.
    const auto product =
        static_cast<unsigned __int128>(key ^ 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u;
    return static_cast<std::size_t>(static_cast<std::uint64_t>(product >> 64) ^
                                    static_cast<std::uint64_t>(product)) &
           mask_;
  }

  void Grow() {
    const std::size_t count = slots_.empty() ? kFirstSlots : slots_.size() * 2;
    if (count > kMostSlots) {
      throw Error(ErrorCode::kLimitExceeded, "graph has too many nodes",
                  "At most " + std::to_string(kMostSlots / 4 * 3) + " nodes are supported.");
    }
    std::pmr::vector<Slot> before(count, slots_.get_allocator());
    before.swap(slots_);
    mask_ = count - 1;
    limit_ = static_cast<std::uint32_t>(count / 4 * 3);
    StopTicker ticker;
    for (const Slot& slot : before) {
      ticker.Step();
      if (slot.number == kEmpty) continue;
      std::size_t at = Home(slot.key());
      while (slots_[at].number != kEmpty) at = (at + 1) & mask_;
      slots_[at] = slot;
    }
  }

  std::pmr::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::uint32_t size_ = 0;
  std::uint32_t limit_ = 0;
};

}  // namespace cdp::identity
