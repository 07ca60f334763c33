/// How many people reach each step of a funnel, apart by a property: each timeline is read once,
/// and what is kept is a tally.
#pragma once

#include <memory_resource>
#include <optional>
#include <vector>

#include "core/behavior/ruled_funnel.h"
#include "core/behavior/timeline_tally.h"

namespace cdp::behavior {

/// By what people are told apart: a property, from 1, of the event that takes step `step` of the
/// winning chain (RuledFunnel::SplitDepth); of the very first event of the timeline for step 0, of
/// the first that fills step 1, in the winning chain or not, for kFirstToFill.
struct SplitBy {
  int property;
  int step;
};

inline constexpr int kFirstToFill = -1;

/// Throws kInvalidArgument for numbers out of range.
void CheckSplit(const SplitBy& by, int steps);

/// Parts of a key: whether there is a property, the property, the deepest step, the number of
/// steps.
inline constexpr std::uint8_t kSplitParts = 4;

/// Counts a timeline that reaches the first step.
void CountSplit(const timeline::View& view, const SplitBy& by, RuledFunnel* funnel,
                TallyTable* tally);

struct SplitRow {
  std::optional<std::int32_t> property;
  int step;
  std::int64_t users;  ///< who reached this step at least
};

/// A row for each property that was met and each step, in order. Throws kCorruptData for a tally
/// that CountSplit does not make.
std::pmr::vector<SplitRow> SplitOf(const TallyView& view, std::pmr::memory_resource* memory);

}  // namespace cdp::behavior
