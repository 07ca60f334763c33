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
    if (Matches()) match_.Begin();
    while (step < end && Take(step)) {
      ++step;
      if (mode_.increase) break;
    }
    return step;
  }

 private:
  bool Matches() const { return mode_.once && !mode_.increase; }
  bool Take(int step) { return (fills_ >> step & 1) != 0 && (!Matches() || match_.Serve(step)); }

  FunnelMode mode_;
  std::uint64_t fills_ = 0;
  InstantMatch match_;
};

/// Writes the times of the chain of `depth` steps that wins: of all that a scan in this mode
/// accepts, those that are complete first; of these the ones that begin last, which is what
/// begun() of the scan tells; of these the one whose second step comes first, then its third, and
/// so on. So it begins there, and goes on as soon as it can.
class ChainWalk {
 public:
  /// `out` has room for `depth` times.
  ChainWalk(FunnelMode mode, int depth, Micros begun, Micros* out)
      : depth_(depth), begun_(begun), at_(begun), out_(out), instant_(mode) {
    std::fill(out, out + depth, begun);
    instant_.Clear();
  }

  /// Takes the next event in order of time; true once the chain is complete.
  bool Feed(Micros at, std::uint64_t fills) {
    if (at < begun_) return false;
    if (at != at_) {
      if (Finish()) return true;
      at_ = at;
      instant_.Clear();
    }
    instant_.Add(fills);
    return false;
  }

  /// To be called after the last event.
  bool Finish() {
    const int next = instant_.Forward(step_, depth_);
    std::fill(out_ + step_, out_ + next, at_);
    step_ = next;
    return step_ == depth_;
  }

 private:
  int depth_;
  int step_ = 0;
  Micros begun_;
  Micros at_;
  Micros* out_;
  InstantSteps instant_;
};

/// The chain of events in an array. Event: has the members `at` and, convertible to a set of steps,
/// `value`; sorted by `at`.
template <class Event>
void WriteFunnelChain(std::span<const Event> events, FunnelMode mode, int depth, Micros begun,
                      Micros* out) {
  if (depth == 0) return;
  ChainWalk walk(mode, depth, begun, out);
  StopTicker ticker;
  auto event = std::lower_bound(events.begin(), events.end(), begun,
                                [](const Event& other, Micros at) { return other.at < at; });
  for (; event != events.end(); ++event) {
    if (walk.Feed(event->at, event->value)) return;
    ticker.Step();
  }
  walk.Finish();
}

}  // namespace cdp::behavior
