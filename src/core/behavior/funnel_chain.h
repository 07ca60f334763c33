/// The winning chain of a funnel: when its steps were taken.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "core/behavior/funnel_scan.h"

namespace cdp::behavior {

/// How far the events of one instant take a chain, by the rules of a mode.
class InstantSteps {
 public:
  explicit InstantSteps(FunnelMode mode) : mode_(mode) {}

  void Clear() {
    fills_ = 0;
    if (Matches()) match_.Clear();
  }

  void Add(std::uint64_t fills) {
    fills_ |= fills;
    if (Matches()) match_.Add(fills);
  }

  /// The first step not taken when the steps from `step` on are, up to `end`.
  int Forward(int step, int end) {
    Begin();
    while (step < end && Take(step)) {
      ++step;
      if (mode_.increase) break;
    }
    return step;
  }

  /// The last step taken when those before `step` are, backwards.
  int Backward(int step) {
    Begin();
    while (step > 0 && Take(step - 1)) {
      --step;
      if (mode_.increase) break;
    }
    return step;
  }

 private:
  bool Matches() const { return mode_.once && !mode_.increase; }
  void Begin() {
    if (Matches()) match_.Begin();
  }
  bool Take(int step) { return (fills_ >> step & 1) != 0 && (!Matches() || match_.Serve(step)); }

  FunnelMode mode_;
  std::uint64_t fills_ = 0;
  InstantMatch match_;
};

/// Writes the times of the chain of `depth` steps that wins: of all that a scan in this mode
/// accepts, those that are complete first, which is at `reached`; of these the ones that begin
/// last; of these the one whose second step comes first, then its third, and so on. Event: has the
/// members `at` and, convertible to a set of steps, `value`; sorted by `at`.
template <class Event>
void WriteFunnelChain(std::span<const Event> events, FunnelMode mode, int depth, Micros reached,
                      Micros* out) {
  if (depth == 0) return;
  InstantSteps instant(mode);
  StopTicker ticker;
  // Backwards, every step as late as it can be, to where the chain begins.
  auto last = std::upper_bound(events.begin(), events.end(), reached,
                               [](Micros at, const Event& event) { return at < event.at; });
  int step = depth;
  while (step > 0 && last != events.begin()) {
    const Micros at = (last - 1)->at;
    instant.Clear();
    for (; last != events.begin() && (last - 1)->at == at; --last) {
      instant.Add((last - 1)->value);
      ticker.Step();
    }
    step = instant.Backward(step);
  }
  // And forwards, every step as early as it can be.
  for (step = 0; step < depth && last != events.end();) {
    const Micros at = last->at;
    instant.Clear();
    for (; last != events.end() && last->at == at; ++last) {
      instant.Add(last->value);
      ticker.Step();
    }
    const int next = instant.Forward(step, depth);
    std::fill(out + step, out + next, at);
    step = next;
  }
}

}  // namespace cdp::behavior
