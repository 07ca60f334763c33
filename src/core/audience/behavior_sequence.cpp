#include "core/audience/behavior_sequence.h"

#include <algorithm>
#include <utility>

namespace cdp::audience {

SequenceRule::SequenceRule(SequenceItems items, std::int64_t within, timeline::Period window,
                           Micros now)
    : items_(std::move(items)),
      within_(static_cast<std::uint64_t>(within)),
      window_(window),
      last_(std::uint64_t{1} << (items_.present.size() - 1)) {
  // Of what begins later, nobody knows yet what will not happen.
  if (items_.ends_absent()) window_.to = std::min(window_.to, now - within);
}

/// Bit i: the event would do for items[i].
std::uint64_t SequenceRule::Bits(const std::vector<std::uint64_t>& items,
                                 std::uint64_t mask) const {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    bits |= std::uint64_t{(items[i] & mask) != 0} << i;
  }
  return bits;
}

void SequenceRule::Feed(Micros at, std::uint64_t mask, SequenceState* state) const {
  if (state->matched_) return;
  std::pmr::vector<SequenceState::Start>& starts = state->starts_;
  const std::uint64_t happens = Bits(items_.present, mask);
  state->ticker_.Step(static_cast<std::uint32_t>(starts.size()));
  if (!starts.empty()) {
    const std::uint64_t forbidden = Bits(items_.absent, mask);
    std::size_t kept = 0;
    std::uint64_t known = 0;
    for (const auto [start, before] : starts) {
      std::uint64_t ends = before;
      if (Elapsed(start, at) > within_) {
        if (items_.ends_absent() && (ends & last_) != 0) {
          state->matched_ = true;
          return;
        }
        continue;
      }
      ends = (ends & ~forbidden) | (ends << 1 & happens);
      if (items_.ends_absent()) {
        // From the last item on, the earlier beginning has less to wait for.
        ends &= ~(known & last_);
        known |= ends;
      }
      if (ends != 0) starts[kept++] = {start, ends};
    }
    starts.resize(kept);
  }
  if ((happens & 1) != 0 && window_.Holds(at)) {
    const bool waits = last_ == 1 && !starts.empty();
    if (!waits) starts.push_back({at, 1});
  }
  if (items_.ends_absent()) return;
  // What may end with the same item has more time the later it began.
  std::uint64_t known = 0;
  for (auto start = starts.rbegin(); start != starts.rend(); ++start) {
    start->ends &= ~known;
    known |= start->ends;
  }
  std::erase_if(starts, [](const SequenceState::Start& start) { return start.ends == 0; });
  state->matched_ = (known & last_) != 0;
}

bool SequenceRule::Matches(const SequenceState& state) const {
  if (state.matched_) return true;
  return items_.ends_absent() && std::any_of(state.starts_.begin(), state.starts_.end(),
                                             [this](const SequenceState::Start& start) {
                                               return (start.ends & last_) != 0;
                                             });
}

}  // namespace cdp::audience
