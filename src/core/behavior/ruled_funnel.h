/// A funnel over stored timelines with everything that it may ask: steps with alternatives and
/// conditions, rules, and a property that all steps share.
#pragma once

#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/behavior/rule_scan.h"
#include "core/behavior/timeline_funnel.h"

namespace cdp::behavior {

/// What a caller asks. Texts are in the language of funnel_steps.h.
struct RuledQuestion {
  std::string_view steps;
  FunnelWindow window;
  FunnelMode mode = {};
  FunnelEntry entry = FunnelEntry::kLatest;
  /// From each step to the next in microseconds, kNoStepWindow where it may take any time; either
  /// one fewer than there are steps, or none at all.
  std::span<const std::uint64_t> step_windows = {};
  std::string_view exclude = {};
  /// The property, 1 to timeline::kMaxProperties, that all steps have in common: as if each of its
  /// values had a timeline of its own, in which events without the property do not happen. 0: none.
  int hold = 0;
};

/// A depth and a property of one event of the winning chain: of those of its instant that can take
/// the step, the first in the order of the timeline. No property when the step is not reached or
/// the event has none.
struct SplitDepth {
  int depth = 0;
  std::optional<std::int32_t> property = {};
};

/// Prepared once and asked many times; keeps work space in its memory, so one asks at a time.
class RuledFunnel {
 public:
  /// Throws StepsError or kInvalidArgument. The question need not outlive it.
  RuledFunnel(const RuledQuestion& question, std::pmr::memory_resource* memory);
  RuledFunnel(const RuledFunnel&) = delete;
  RuledFunnel& operator=(const RuledFunnel&) = delete;

  int steps() const { return read_.steps; }
  /// StepTable::first_bits.
  std::uint64_t first_bits() const { return table_.first_bits(); }

  /// The depth of the attempt that wins.
  int Depth(const timeline::View& view);

  /// The depth, and the times of the winning chain; `out` has room for steps().
  int Chain(const timeline::View& view, Micros* out);

  /// The same with the times from each step of that chain to the next, in microseconds.
  int Spans(const timeline::View& view, std::uint64_t* out);

  /// The depth, and a property, from 1, of the event that takes step `step`, from 1, of the winning
  /// chain.
  SplitDepth Split(const timeline::View& view, int step, int property);

  /// The first event that fills the first step, whatever follows.
  std::optional<std::size_t> FirstToFill(const timeline::View& view) const;

  /// The funnel itself where the question has no rules, else null.
  const TimelineFunnel* without_rules() const { return fast_ ? &*fast_ : nullptr; }

  /// Calls use(attempt, times) for every attempt in order of the times of its chain, which are
  /// `times`. Of FunnelEntry::kLatest, which knows no attempts, it is the one that wins; with a
  /// held property, the one of each of its values.
  template <class Use>
  void ForEachAttempt(const timeline::View& view, std::pmr::memory_resource* memory, Use&& use);

 private:
  struct IndexedHit {
    Micros at;
    std::uint64_t fills;
    std::uint32_t index;  ///< of the event
  };
  struct HeldHit {
    Micros at;
    std::uint64_t fills;
    std::uint32_t symbol;  ///< of the held property
  };
  struct Found {
    FunnelAttempt attempt;
    std::size_t chain;  ///< where its times begin
  };

  bool Reaches(const timeline::View& view) const {
    return table_.Reach(view.code_bits(), 1) != 0 && (hold_ == 0 || view.has_property(hold_));
  }
  const StepFilter* filter() const { return filter_.empty() ? nullptr : &filter_; }
  FunnelAttempt Scan(const timeline::View& view);
  void CollectHits(const timeline::View& view, Micros from, Micros to);
  void CollectHeld(const timeline::View& view);
  template <class Use>
  void ForEachHeld(const timeline::View& view, Use&& use);
  FunnelAttempt ScanHits(bool all);
  FunnelAttempt Best(const timeline::View& view, Micros* out);
  std::span<const StepHit> HitsOf(const FunnelAttempt& attempt) const;
  void Attempts(const timeline::View& view, std::pmr::memory_resource* memory,
                std::pmr::vector<Found>* found, std::pmr::vector<Micros>* times);

  std::pmr::memory_resource* memory_;
  FunnelSteps read_;
  std::pmr::vector<std::uint64_t> step_windows_;
  FunnelRules rules_;
  int hold_;
  StepTable table_;
  StepFilter filter_;
  std::optional<TimelineFunnel> fast_;  ///< where nothing is asked that it cannot answer
  std::optional<RuleScan> scan_;
  std::pmr::vector<StepHit> hits_;
  std::pmr::vector<HeldHit> held_;
  std::uint32_t best_symbol_ = 0;  ///< of what the winning chain holds
};

template <class Use>
void RuledFunnel::ForEachAttempt(const timeline::View& view, std::pmr::memory_resource* memory,
                                 Use&& use) {
  std::pmr::vector<Found> found(memory);
  std::pmr::vector<Micros> times(memory);
  Attempts(view, memory, &found, &times);
  for (const Found& each : found) {
    use(each.attempt, std::span<const Micros>(times).subspan(
                          each.chain, static_cast<std::size_t>(each.attempt.depth)));
  }
}

}  // namespace cdp::behavior
