/// A funnel over stored timelines: steps, window and mode prepared once, asked many times.
#pragma once

#include <memory_resource>
#include <span>

#include "core/behavior/funnel_scan.h"
#include "core/behavior/plain_funnel.h"
#include "core/behavior/step_table.h"

namespace cdp::behavior {

/// Owns no memory, so it may live wherever bytes live.
class TimelineFunnel {
 public:
  /// `steps` are event codes, 1 to kMaxSteps; a code may stand for several steps. Throws
  /// kInvalidArgument for anything else.
  TimelineFunnel(std::span<const std::int32_t> steps, std::uint64_t window, FunnelMode mode);

  /// Steps with alternatives and conditions; `filter` must outlive the funnel, null where no step
  /// has a condition.
  TimelineFunnel(const StepTable& table, int steps, const StepFilter* filter, std::uint64_t window,
                 FunnelMode mode)
      : steps_(steps), window_(window), mode_(mode), filter_(filter), table_(table) {
    plain_ = AsksPlain();
  }

  int steps() const { return steps_; }
  /// StepTable::first_bits.
  std::uint64_t first_bits() const { return table_.first_bits(); }

  /// The number of steps that the timeline's events reach.
  int Depth(const timeline::View& view) const { return DepthWithin(view, Reach(view)); }

  /// The same for several windows, the events being read once; `out` has room for one depth each.
  void Depths(const timeline::View& view, std::span<const std::uint64_t> windows,
              std::pmr::memory_resource* memory, int* out) const;

  /// The depth, and the times of the winning chain (funnel_chain.h); `out` has room for steps().
  int Chain(const timeline::View& view, Micros* out) const {
    return ChainWithin(view, Reach(view), out);
  }

  /// The same with the times from each step of that chain to the next, one less than the depth, in
  /// microseconds.
  int Spans(const timeline::View& view, std::uint64_t* out) const;

 private:
  /// No deeper than the first step whose code the timeline lacks for sure.
  int Reach(const timeline::View& view) const { return table_.Reach(view.code_bits(), steps_); }

  /// Whether what is asked is what plain_funnel.h can answer, of timelines that allow it.
  bool AsksPlain() const {
    return mode_ == FunnelMode{} && table_.single() && window_ <= kMaxPlainWindow;
  }

  /// Whether an event fills the first step, where no step has a condition: for who cannot reach
  /// another, in any mode the depth.
  bool HasFirst(const timeline::View& view) const;

  /// Depth and Chain of a timeline that reaches no further than `reach`.
  int DepthWithin(const timeline::View& view, int reach) const;
  int ChainWithin(const timeline::View& view, int reach, Micros* out) const;

  /// Calls use(count) for each block of hits, as ForEachHitBlock does. Through a pointer, for there
  /// is one walk for a dozen kinds of scans: a call a block is nothing beside its events.
  template <class Use>
  void ForEachBlock(const timeline::View& view, StepHit* hits, Use use) const {
    WalkBlocks(
        view, hits,
        [](void* called, std::size_t count) { return (*static_cast<Use*>(called))(count); }, &use);
  }
  void WalkBlocks(const timeline::View& view, StepHit* hits, bool (*use)(void*, std::size_t),
                  void* called) const;

  int steps_;
  std::uint64_t window_;
  FunnelMode mode_;
  const StepFilter* filter_ = nullptr;
  bool plain_ = false;
  StepTable table_;
};

}  // namespace cdp::behavior
