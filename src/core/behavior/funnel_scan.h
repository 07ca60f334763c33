/// How deep one person's events get into a funnel: the scan that rows and timelines share.
///
/// Events come in order of time, each with the set of steps it fills. What the order of events at
/// one instant is must not matter, so a scan looks at all of them together, or at each again with
/// those of the same instant before it.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "core/base/time.h"
#include "core/behavior/funnel_mode.h"
#include "core/behavior/instant_match.h"

namespace cdp::behavior {

/// The default: the longest k with events e1..ek (one event may fill several steps), ei filling
/// step i, t(e1) <= ... <= t(ek) <= t(e1) + window.
///
/// start_[i] is the latest start of a chain of i steps: a later start never admits less, so one
/// chain per level is enough. A chain of no step starts at the event itself.
class PlainScan {
 public:
  PlainScan(int steps, std::uint64_t window) : steps_(steps), window_(window) {
    std::fill(start_, start_ + steps + 1, 0);
  }

  /// To be called before any event, if at all.
  void SetWindow(std::uint64_t window) { window_ = window; }

  /// True once every step is reached: the answer will not change any more.
  bool Feed(Micros at, std::uint64_t fills) {
    const bool one_step = fills != 0 && (fills & (fills - 1)) == 0;
    if (at != at_ && one_step) [[likely]] {
      at_ = at;
      fills_ = fills;
      Take(at, std::countr_zero(fills));
      return depth_ == steps_;
    }
    // Steps filled at one instant may follow each other in any order of events: the union of the
    // events so far is taken again. What it reached before it reaches once more.
    if (at == at_) fills |= fills_;
    at_ = at;
    fills_ = fills;
    for (; fills != 0; fills &= fills - 1) {
      const int step = std::countr_zero(fills);
      if (step > depth_) break;
      Take(at, step);
    }
    return depth_ == steps_;
  }

  /// The number of steps reached, after the last event.
  int Finish() { return depth_; }

  /// When the deepest step was first reached, and when the last of the chains begins that reach it
  /// then; of no meaning at depth 0. begun() is right once all events of the instant are fed.
  Micros reached() const { return reached_; }
  Micros begun() const { return begun_; }

 private:
  /// An event that fills `step`. Without branches: nobody can foresee which step comes next.
  void Take(Micros at, int step) {
    start_[0] = at;
    const Micros start = start_[step];
    const bool reaches = (step <= depth_) & (Elapsed(start, at) <= window_);
    start_[step + 1] = reaches ? start : start_[step + 1];
    const bool deeper = reaches & (step == depth_);
    depth_ += static_cast<int>(deeper);
    reached_ = deeper ? at : reached_;
    const bool first = reaches & (at == reached_) & (step + 1 == depth_);
    begun_ = first ? start : begun_;
  }

  int steps_;
  int depth_ = 0;
  std::uint64_t window_;
  Micros reached_ = 0;
  Micros begun_ = 0;
  Micros at_ = 0;
  std::uint64_t fills_ = 0;
  Micros start_[kMaxSteps + 1];
};

/// Collects the events of one instant and hands them to Derived::Take(at, instant), which returns
/// true to end the scan; Derived::Note(fills) hears of each event before. After Feed has returned
/// true, only Finish may follow.
template <class Derived>
class InstantScan {
 public:
  void SetWindow(std::uint64_t window) { window_ = window; }

  bool Feed(Micros at, std::uint64_t fills) {
    if (at != at_ && waiting_) {
      if (Flush()) return true;
    }
    at_ = at;
    waiting_ = true;
    instant_.twice |= instant_.fills & fills;
    instant_.fills |= fills;
    instant_.foreign |= fills == 0;
    static_cast<Derived*>(this)->Note(fills);
    return false;
  }

  int Finish() {
    if (waiting_) Flush();
    return depth_;
  }

  Micros reached() const { return reached_; }
  Micros begun() const { return begun_; }

 protected:
  struct Instant {
    std::uint64_t fills = 0;  ///< steps that some event fills
    std::uint64_t twice = 0;  ///< steps that more than one event fills
    bool foreign = false;     ///< an event fills none
  };

  InstantScan(int steps, std::uint64_t window) : steps_(steps), window_(window) {}

  void Note(std::uint64_t) {}

  int steps_;
  int depth_ = 0;
  std::uint64_t window_;
  Micros start_[kMaxSteps];

 private:
  bool Flush() {
    const Instant instant = instant_;
    instant_ = {};
    waiting_ = false;
    const int depth = depth_;
    const bool ends = static_cast<Derived*>(this)->Take(at_, instant);
    if (depth_ > depth) {
      reached_ = at_;
      begun_ = start_[depth_ - 1];
    }
    return ends;
  }

  Micros reached_ = 0;
  Micros begun_ = 0;
  Micros at_ = 0;
  bool waiting_ = false;
  Instant instant_;
};

/// strict_increase alone: as the default with t(e1) < ... < t(ek). Exact: a step is reached from
/// what stood before this instant only.
class IncreaseScan : public InstantScan<IncreaseScan> {
 public:
  IncreaseScan(int steps, std::uint64_t window) : InstantScan(steps, window) {}

 private:
  friend InstantScan<IncreaseScan>;

  bool Take(Micros at, const Instant& instant) {
    // From the deepest step down, so that start_[step - 1] is still the one from before.
    std::uint64_t fills = instant.fills & LowBits(std::min(depth_ + 1, steps_));
    while (fills != 0) {
      const int step = 63 - std::countl_zero(fills);
      fills ^= std::uint64_t{1} << step;
      if (step == 0) {
        start_[0] = at;
      } else if (Elapsed(start_[step - 1], at) <= window_) {
        start_[step] = start_[step - 1];
      } else {
        continue;
      }
      depth_ = std::max(depth_, step + 1);
    }
    return depth_ == steps_;
  }
};

/// strict_order and strict_deduplication, each also with strict_increase: events of one instant are
/// visited in the order of their steps, those that fill none first. A first step always starts
/// anew. What stops the scan for good:
/// - strict_deduplication: a later step that is reached already;
/// - strict_order, after a first step: an event that fills no step, or one whose preceding step was
///   never reached, unless allow_reentry passes over it.
/// Otherwise a step is reached when the one before is and the window, counted from that chain's
/// start, has not passed; that the window has passed stops nothing.
template <FunnelMode kMode>
class StrictScan : public InstantScan<StrictScan<kMode>> {
  using Base = InstantScan<StrictScan<kMode>>;
  using Base::depth_;
  using Base::start_;
  using Base::steps_;
  using Base::window_;
  using typename Base::Instant;

 public:
  StrictScan(int steps, std::uint64_t window, bool reentry)
      : Base(steps, window), reentry_(reentry) {}

 private:
  friend Base;

  bool Take(Micros at, const Instant& instant) {
    if (kMode.order && instant.foreign && depth_ > 0) return true;
    const int depth_before = depth_;
    if constexpr (kMode.increase) std::copy(start_, start_ + depth_, before_);
    for (std::uint64_t fills = instant.fills; fills != 0; fills &= fills - 1) {
      const int step = std::countr_zero(fills);
      const int visits = (instant.twice >> step & 1) != 0 ? 2 : 1;
      for (int visit = 0; visit < visits; ++visit) {
        if (step == 0) {
          start_[0] = at;
          depth_ = std::max(depth_, 1);
          continue;
        }
        if (kMode.deduplicate && step < depth_) return true;
        if (step > depth_) {
          if (kMode.order && depth_ > 0 && !reentry_) return true;
          continue;
        }
        // Under strict_increase a chain goes on from what stood before this instant.
        if (kMode.increase && step > depth_before) continue;
        const Micros start = kMode.increase ? before_[step - 1] : start_[step - 1];
        if (Elapsed(start, at) > window_) continue;
        start_[step] = start;
        depth_ = std::max(depth_, step + 1);
      }
    }
    return depth_ == steps_;
  }

  bool reentry_;
  Micros before_[kMode.increase ? kMaxSteps : 1];
};

/// strict_once, alone or with what makes a StrictScan: the same rules for chains in which no event
/// stands twice. Only events of one instant can compete for a step, so of the steps that an instant
/// adds to a chain all must find different events there. The fewer steps the chain had before, the
/// later it may have started, but the harder they are to find: `from` below is the fewest.
template <FunnelMode kMode>
class OnceScan : public InstantScan<OnceScan<kMode>> {
  using Base = InstantScan<OnceScan<kMode>>;
  using Base::depth_;
  using Base::start_;
  using Base::steps_;
  using Base::window_;
  using typename Base::Instant;

 public:
  OnceScan(int steps, std::uint64_t window, bool reentry)
      : Base(steps, window), reentry_(reentry) {}

 private:
  friend Base;

  void Note(std::uint64_t fills) { match_.Add(fills); }

  bool Take(Micros at, const Instant& instant) {
    if (kMode.order && instant.foreign && depth_ > 0) {
      match_.Clear();
      return true;
    }
    const bool ends = Visit(at, instant);
    match_.Clear();
    return ends || depth_ == steps_;
  }

  bool Visit(Micros at, const Instant& instant) {
    const int depth_before = depth_;
    std::copy(start_, start_ + depth_, before_);
    match_.Begin();
    int from = 0;
    int served = 0;  // the steps from `from` to here have an event each
    for (std::uint64_t fills = instant.fills; fills != 0; fills &= fills - 1) {
      const int step = std::countr_zero(fills);
      if (step > depth_) return kMode.order && depth_ > 0 && !reentry_;
      if (kMode.deduplicate && step > 0 && step < depth_) return true;
      if (step != served) {
        match_.Begin();
        from = step;
      }
      while (!match_.Serve(step)) match_.Release(from++);
      served = step + 1;
      // A chain of `from` steps, made before this instant, goes on here; of none, it starts here.
      if (from > depth_before) continue;
      if (from > 0 && Elapsed(before_[from - 1], at) > window_) continue;
      start_[step] = from > 0 ? before_[from - 1] : at;
      depth_ = std::max(depth_, step + 1);
      // The step has come twice at once.
      if (kMode.deduplicate && step > 0 && (instant.twice >> step & 1) != 0) return true;
    }
    return false;
  }

  bool reentry_;
  Micros before_[kMaxSteps];
  InstantMatch match_;
};

/// Calls use(scan) with a fresh scan of the kind that the mode asks for; `use` returns a number or
/// plain data.
template <class Use>
auto WithScan(FunnelMode mode, int steps, std::uint64_t window, Use&& use) {
  const auto strict = [&]<FunnelMode kMode>() {
    StrictScan<kMode> scan(steps, window, mode.reentry);
    return use(scan);
  };
  const auto once = [&]<FunnelMode kMode>() {
    OnceScan<kMode> scan(steps, window, mode.reentry);
    return use(scan);
  };
  // Under strict_increase no event could stand twice in a chain anyway.
  if (mode.once && !mode.increase) {
    if (mode.order && mode.deduplicate) return once.template operator()<FunnelMode{true, true}>();
    if (mode.order) return once.template operator()<FunnelMode{true, false}>();
    if (mode.deduplicate) return once.template operator()<FunnelMode{false, true}>();
    return once.template operator()<FunnelMode{}>();
  }
  if (mode.order && mode.deduplicate) {
    return mode.increase ? strict.template operator()<FunnelMode{true, true, true}>()
                         : strict.template operator()<FunnelMode{true, true, false}>();
  }
  if (mode.order) {
    return mode.increase ? strict.template operator()<FunnelMode{true, false, true}>()
                         : strict.template operator()<FunnelMode{true, false, false}>();
  }
  if (mode.deduplicate) {
    return mode.increase ? strict.template operator()<FunnelMode{false, true, true}>()
                         : strict.template operator()<FunnelMode{false, true, false}>();
  }
  if (mode.increase) {
    IncreaseScan scan(steps, window);
    return use(scan);
  }
  PlainScan scan(steps, window);
  return use(scan);
}

}  // namespace cdp::behavior
