/// Which steps an event of a timeline fills, and the walk over the events that matter.
#pragma once

#include <algorithm>
#include <bit>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/base/stop.h"
#include "core/behavior/funnel_steps.h"
#include "core/timeline/timeline_reader.h"

namespace cdp::behavior {

/// From codes to sets of steps. Owns no memory, so it may live wherever bytes live.
class StepTable {
 public:
  StepTable() = default;

  /// Lets events of this code fill a step, counted from 0. Throws kInvalidArgument for a negative
  /// code; there may be kMaxStepEvents of them.
  void Add(std::int32_t code, int step);

  /// The steps that an event with this code fills, or may fill where a condition stands.
  std::uint64_t Fills(std::int32_t code) const {
    const auto unsigned_code = static_cast<std::uint32_t>(code);
    return unsigned_code < kSmallCodes ? small_[unsigned_code] : FillsOfLarge(unsigned_code);
  }

  /// Whether no code below 256 stands for several steps. Where that is so, codes() are those that
  /// stand for one of the first steps, by step and code, StepOf tells which, and ascending()
  /// whether all of a step are below those of the next: then events of one instant, which lie in
  /// the order of their codes, lie in that of their steps.
  bool single() const { return single_; }
  std::span<const std::uint8_t> codes(int steps) const { return {codes_, code_ends_[steps - 1]}; }
  bool has_one_code_each(int steps) const {
    for (int step = 0; step < steps; ++step) {
      if (code_ends_[step] != step + 1) return false;
    }
    return true;
  }
  int StepOf(std::uint8_t code) const { return step_of_[code]; }
  bool ascending() const { return ascending_; }

  /// The codes below 256 that fill a step.
  const timeline::CodeMarks& marks() const { return marks_; }

  /// CodeBit of the codes of the first step: a timeline without any of them reaches none.
  std::uint64_t first_bits() const { return code_bits_[0]; }

  /// How many of the first `steps` steps a timeline may reach whose codes have these bits
  /// (View::code_bits).
  int Reach(std::uint64_t code_bits, int steps) const {
    std::uint64_t reached = 0;
    for (int step = 0; step < steps; ++step) {
      reached |= std::uint64_t{(code_bits & code_bits_[step]) != 0} << step;
    }
    return std::countr_one(reached);
  }

 private:
  std::uint64_t FillsOfLarge(std::uint32_t code) const;

  static constexpr std::uint32_t kSmallCodes = 256;
  struct LargeCode {
    std::uint32_t code;
    std::uint64_t fills;
  };

  void AddSmall(std::uint8_t code, int step);

  bool single_ = true;
  bool ascending_ = true;
  std::uint8_t codes_[kSmallCodes] = {};
  std::uint16_t code_ends_[kMaxSteps] = {};
  std::uint8_t step_of_[kSmallCodes] = {};
  std::size_t large_count_ = 0;
  timeline::CodeMarks marks_;
  std::uint64_t code_bits_[kMaxSteps] = {};  ///< CodeBit of the codes of each step
  std::uint64_t small_[kSmallCodes] = {};
  LargeCode large_[kMaxStepEvents];  ///< sorted by code
};

/// The conditions under which events fill steps.
class StepFilter {
 public:
  StepFilter(const FunnelSteps& steps, std::pmr::memory_resource* memory);

  /// Whether there is any; without one the table tells all.
  bool empty() const { return guards_.empty(); }
  std::uint32_t operands() const { return conditions_->operands(); }

  /// The steps that only events fill for which a condition holds.
  std::uint64_t guarded() const { return guarded_; }

  /// A code below 256 that fills steps under conditions: some of guards_.
  struct GuardedCode {
    std::uint8_t code;
    std::size_t first;
    std::size_t end;
  };
  std::span<const GuardedCode> codes() const { return codes_; }

  /// Whether an event of a code, all of whose guards are of one step, fills it.
  template <class Get>
  bool Holds(const GuardedCode& code, Get&& get) const {
    for (std::size_t guard = code.first; guard < code.end; ++guard) {
      if (conditions_->Holds(guards_[guard].condition, get)) return true;
    }
    return false;
  }

  /// Of the steps that the table gives for a code, those that the event fills; get(operand) gives
  /// its numbers.
  template <class Get>
  std::uint64_t Filled(std::int32_t code, std::uint64_t fills, Get&& get) const {
    std::uint64_t asked = 0;
    std::uint64_t held = 0;
    for (auto guard = FirstOf(code); guard != guards_.end() && guard->code == code; ++guard) {
      const std::uint64_t bit = std::uint64_t{1} << guard->step;
      asked |= bit;
      if ((held & bit) == 0 && conditions_->Holds(guard->condition, get)) held |= bit;
    }
    return (fills & ~asked) | held;
  }

 private:
  struct Guard {
    std::int32_t code;
    int step;
    std::int32_t condition;
  };
  std::pmr::vector<Guard>::const_iterator FirstOf(std::int32_t code) const {
    return std::lower_bound(guards_.begin(), guards_.end(), code,
                            [](const Guard& guard, std::int32_t c) { return guard.code < c; });
  }

  const StepConditions* conditions_;
  std::uint64_t guarded_ = 0;
  std::pmr::vector<GuardedCode> codes_;
  std::pmr::vector<Guard> guards_;  ///< sorted by code
};

/// An event that matters.
struct StepHit {
  Micros at;
  std::uint64_t fills;
};

/// Calls use(count) for each block of a timeline's events, in order, until it returns true.
/// The block's hits are written at `hits`, which has
/// room for TimeReader::kBlock: all events when `all`, else those that fill a step. A Hit that has
/// a member `index` learns which event it was. A null `filter` stands for no conditions.
template <class Hit, class Use>
void ForEachHitBlock(const timeline::View& view, const StepTable& table, const StepFilter* filter,
                     bool all, Hit* hits, Use&& use) {
  using timeline::TimeReader;
  const auto put = [](Hit* hit, Micros at, std::uint64_t fills, std::size_t index) {
    if constexpr (requires { hit->index; }) {
      *hit = {at, fills, static_cast<std::uint32_t>(index)};
    } else {
      *hit = {at, fills};
    }
  };
  timeline::WithCodes(view, [&](auto codes) {
    TimeReader times(view);
    StopTicker ticker;
    Micros at[TimeReader::kRoom];
    std::size_t index = 0;
    // What fills no step matters only where nothing may come in between. `fills_of` tells what the
    // i-th event of the block fills of the steps that its code may.
    const auto collect = [&](std::size_t n, auto&& fills_of) {
      std::size_t count = 0;
      const auto* const marks = all ? nullptr : &table.marks();
      timeline::ForEachMarked(view, marks, codes, index, n, [&](std::size_t i) {
        const std::int32_t code = codes[index + i];
        const std::uint64_t fills = fills_of(i, code, table.Fills(code));
        put(hits + count, at[i], fills, index + i);
        count += static_cast<std::size_t>((fills != 0) | all);
      });
      return count;
    };
    if (filter == nullptr) {
      while (const std::size_t n = times.Next(at)) {
        const auto whole = [](std::size_t, std::int32_t, std::uint64_t fills) { return fills; };
        if (use(collect(n, whole))) return;
        index += n;
        ticker.Step(static_cast<std::uint32_t>(n));
      }
      return;
    }
    OperandReader numbers(view, filter->operands());
    while (const std::size_t n = times.Next(at)) {
      numbers.NextBlock(n);
      const auto held = [&](std::size_t i, std::int32_t code, std::uint64_t fills) {
        if ((fills & filter->guarded()) == 0) return fills;
        return filter->Filled(code, fills,
                              [&](Operand operand) { return numbers.Get(operand, i); });
      };
      if (use(collect(n, held))) return;
      index += n;
      ticker.Step(static_cast<std::uint32_t>(n));
    }
  });
}

}  // namespace cdp::behavior
