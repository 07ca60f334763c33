/// Steps and the events of one instant that fill them.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "core/base/stop.h"

namespace cdp::behavior {

inline constexpr int kMaxSteps = 64;

/// The lowest `n` bits.
constexpr std::uint64_t LowBits(int n) {
  return n >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n) - 1;
}

/// Gives steps events of one instant, each to one step at most: a bipartite matching that grows by
/// augmenting paths, so it finds an assignment whenever there is one.
class InstantMatch {
 public:
  /// Forgets all events.
  void Clear() {
    count_ = 0;
    std::fill(choices_, choices_ + kMaxSteps, std::uint8_t{0});
  }

  /// Takes an event. One that fills only steps with kMaxSteps events already is passed over: no
  /// assignment needs it.
  void Add(std::uint64_t fills) {
    bool needed = false;
    for (std::uint64_t left = fills; left != 0; left &= left - 1) {
      needed |= choices_[std::countr_zero(left)] < kMaxSteps;
    }
    if (!needed) return;
    for (std::uint64_t left = fills; left != 0; left &= left - 1) {
      std::uint8_t& choices = choices_[std::countr_zero(left)];
      if (choices < kMaxSteps) ++choices;
    }
    fills_[count_++] = fills;
  }

  /// Takes all events back from the steps.
  void Begin() { std::fill(owner_, owner_ + count_, kFree); }

  /// Gives an event to `step`, which has none, and keeps one for every step that has; false when
  /// that cannot be done, and then nothing has changed.
  bool Serve(int step) {
    std::uint64_t asked = std::uint64_t{1} << step;
    int queue[kMaxSteps];
    int asked_by[kMaxSteps];
    int end = 0;
    queue[end++] = step;
    for (int next = 0; next < end; ++next) {
      const int asking = queue[next];
      for (int event = 0; event < count_; ++event) {
        if ((fills_[event] >> asking & 1) == 0) continue;
        const int owner = owner_[event];
        if (owner == kFree) {
          HandOver(step, asking, event, asked_by);
          return true;
        }
        if ((asked >> owner & 1) != 0) continue;
        asked |= std::uint64_t{1} << owner;
        asked_by[owner] = asking;
        queue[end++] = owner;
      }
      ticker_.Step(static_cast<std::uint32_t>(count_));
    }
    return false;
  }

  /// Takes the event of `step`, which has one, back.
  void Release(int step) { owner_[event_of_[step]] = kFree; }

 private:
  static constexpr std::int8_t kFree = -1;
  // Every event is among the first kMaxSteps of some step.
  static constexpr int kMaxEvents = kMaxSteps * kMaxSteps;

  /// `asking` takes the free event, who asked it for its own takes that, and so on to `step`.
  void HandOver(int step, int asking, int event, const int* asked_by) {
    while (asking != step) {
      const int freed = event_of_[asking];
      owner_[event] = static_cast<std::int8_t>(asking);
      event_of_[asking] = event;
      event = freed;
      asking = asked_by[asking];
    }
    owner_[event] = static_cast<std::int8_t>(step);
    event_of_[step] = event;
  }

  int count_ = 0;
  std::uint8_t choices_[kMaxSteps] = {};
  int event_of_[kMaxSteps];
  std::int8_t owner_[kMaxEvents];
  std::uint64_t fills_[kMaxEvents];
  StopTicker ticker_;
};

}  // namespace cdp::behavior
