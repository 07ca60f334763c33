#include "core/audience/behavior_scan.h"

#include <algorithm>
#include <span>

#include "core/bitmap/bitmap_cursor.h"

namespace cdp::audience {

using timeline::PagePerson;
using timeline::PageView;

WantedPeople::WantedPeople(bitmap::Bytes people, std::int32_t chunk,
                           std::pmr::memory_resource* memory)
    : masks_(std::size_t{1} << (kChunkBits - kSlotBits), memory), slots_(memory) {
  bitmap::BitmapCursor cursor(people);
  std::uint32_t person;
  StopTicker ticker;
  while (cursor.Next(&person)) {
    ticker.Step();
    if (person >> kChunkBits != static_cast<std::uint32_t>(chunk)) continue;
    const auto slot = static_cast<std::int32_t>(person >> kSlotBits);
    std::uint16_t& mask = masks_[IndexOf(slot)];
    if (mask == 0) slots_.push_back(slot);
    mask |= static_cast<std::uint16_t>(1u << (person & ((1u << kSlotBits) - 1)));
  }
}

BehaviorScan::BehaviorScan(const Behavior& behavior, const WantedPeople& wanted,
                           std::pmr::memory_resource* memory)
    : behavior_(behavior), wanted_(wanted), memory_(memory), found_(memory) {}

void BehaviorScan::Take(const PageView& page) {
  const std::byte* const end = page.bodies().data() + page.bodies().size();
  // Of those who are not wanted nothing but their number is read.
  for (std::size_t i = 0; i < page.people(); ++i) {
    if (wanted_.Has(page.PersonAt(i))) Take(page.At(i), end);
  }
}

void BehaviorScan::Take(const PagePerson& person, const std::byte* readable_end) {
  if (!wanted_.Has(person.person)) return;
  const auto end = states_.begin() + static_cast<std::ptrdiff_t>(used_);
  const auto known = std::find_if(states_.begin(), end, [&person](const BehaviorState& state) {
    return state.person == person.person;
  });
  BehaviorState* state = known == end ? nullptr : &*known;
  if (!behavior_.Concerns(person.header, state)) return;
  if (state == nullptr) {
    if (used_ == states_.size()) states_.emplace_back(memory_);
    state = &states_[used_++];
    state->Reset(person.person);
  }
  behavior_.Take(timeline::View(person.header, person.body, readable_end), state);
}

void BehaviorScan::Finish() {
  const auto before = static_cast<std::ptrdiff_t>(found_.size());
  for (BehaviorState& state : std::span(states_).first(used_)) {
    if (behavior_.Holds(&state) != behavior_.is_open()) found_.push_back(state.person);
  }
  // The months of people may begin with different ones.
  std::sort(found_.begin() + before, found_.end());
  used_ = 0;
}

bsi::IdSet BehaviorScan::Found() const {
  return bsi::IdSet(std::span<const std::uint32_t>(found_), memory_);
}

}  // namespace cdp::audience
