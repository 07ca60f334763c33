/// From hashes to places: a hash table over things that lie elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "core/base/stop.h"

namespace cdp::identity {

/// At most three quarters full. Who has many things to find asks for several at a time: first for
/// their slots, and once these have come, for the things themselves.
class PlaceTable {
 public:
  static constexpr std::uint32_t kNone = 0xffffffffu;

  explicit PlaceTable(std::pmr::memory_resource* memory) : slots_(memory) {}

  void Prefetch(std::uint32_t hash) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]);
  }

  /// The place of this hash for which `is_it(place)`; kNone when there is none.
  template <class IsIt>
  std::uint32_t Find(std::uint32_t hash, IsIt is_it) const {
    if (slots_.empty()) return kNone;
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at].place != kNone && (slots_[at].hash != hash || !is_it(slots_[at].place))) {
      at = (at + 1) & mask;
    }
    return slots_[at].place;
  }
  /// The first place of this hash, which most likely is the one that is looked for.
  std::uint32_t Likely(std::uint32_t hash) const {
    return Find(hash, [](std::uint32_t) { return true; });
  }

  /// Adds a place, which must not be there.
  void Add(std::uint32_t hash, std::uint32_t place) {
    if (count_ >= slots_.size() / 4 * 3) Grow();
    Put(hash, place);
    ++count_;
  }

  void Clear() {
    std::pmr::vector<Slot>(slots_.get_allocator()).swap(slots_);
    count_ = 0;
  }

 private:
  static constexpr std::size_t kFirstSlots = 1024;

  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t place = kNone;
  };

  void Put(std::uint32_t hash, std::uint32_t place) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at].place != kNone) at = (at + 1) & mask;
    slots_[at] = {hash, place};
  }

  void Grow() {
    std::pmr::vector<Slot> before(slots_.get_allocator());
    before.swap(slots_);
    slots_.resize(before.empty() ? kFirstSlots : before.size() * 2);
    StopTicker ticker;
    for (const Slot& slot : before) {
      ticker.Step();
      if (slot.place != kNone) Put(slot.hash, slot.place);
    }
  }

  std::pmr::vector<Slot> slots_;
  std::size_t count_ = 0;
};

}  // namespace cdp::identity
