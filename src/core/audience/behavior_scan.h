/// A behaviour asked of many people, whose timelines come by a few people at a time.
#pragma once

#include <memory_resource>
#include <vector>

#include "core/audience/behavior.h"
#include "core/bsi/id_set.h"
#include "core/timeline/timeline_page.h"

namespace cdp::audience {

/// People of a chunk who are asked about, told by slots: those whose timelines lie on one page.
class WantedPeople {
 public:
  static constexpr int kSlotBits = 4;    ///< people of a slot, as cdp.timeline_slot has it
  static constexpr int kChunkBits = 20;  ///< people of a chunk

  /// Others than those of the chunk are left out.
  WantedPeople(bitmap::Bytes people, std::int32_t chunk, std::pmr::memory_resource* memory);

  bool AnyOf(std::int32_t slot) const { return masks_[IndexOf(slot)] != 0; }
  bool Has(std::uint32_t person) const {
    return (masks_[IndexOf(static_cast<std::int32_t>(person >> kSlotBits))] >>
                (person & ((1u << kSlotBits) - 1)) &
            1) != 0;
  }
  /// Ascending.
  const std::pmr::vector<std::int32_t>& slots() const { return slots_; }

 private:
  static std::size_t IndexOf(std::int32_t slot) {
    return static_cast<std::uint32_t>(slot) & ((1u << (kChunkBits - kSlotBits)) - 1);
  }

  std::pmr::vector<std::uint16_t> masks_;  ///< of each slot of the chunk
  std::pmr::vector<std::int32_t> slots_;
};

/// Give it all timelines of some people, those of each in order of time, then call Finish, then
/// give it those of people with greater numbers.
class BehaviorScan {
 public:
  /// Others than those wanted are passed over. Both must outlive it.
  BehaviorScan(const Behavior& behavior, const WantedPeople& wanted,
               std::pmr::memory_resource* memory);

  void Take(const timeline::PageView& page);
  /// Bytes up to `readable_end` may be loaded.
  void Take(const timeline::PagePerson& person, const std::byte* readable_end);
  void Finish();

  /// Of an open behaviour the people of whom it does not hold, else those of whom it does.
  bsi::IdSet Found() const;

 private:
  const Behavior& behavior_;
  const WantedPeople& wanted_;
  std::pmr::memory_resource* memory_;
  std::vector<BehaviorState>
      states_;  ///< the first used_ are people's, the others to be used again
  std::size_t used_ = 0;
  std::pmr::vector<std::uint32_t> found_;
};

}  // namespace cdp::audience
