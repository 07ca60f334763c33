/// The default mode where it is simplest: each code fills one step, under a condition or not, codes
/// take a byte each, and no two events that matter come at one instant. That is most of what
/// funnels are asked.
#pragma once

#include <cstdint>

#include "core/behavior/step_table.h"

namespace cdp::behavior {

/// Windows up to this one (146 thousand years) can be asked.
inline constexpr std::uint64_t kMaxPlainWindow = std::uint64_t{1} << 62;

/// Whether a timeline can be asked in this way. The table must be single().
inline bool IsPlain(const timeline::View& view) { return view.shape().width_log2 == 0; }

/// Whether some event fills the first step; `filter` is null where no step has a condition.
bool PlainHasFirst(const timeline::View& view, const StepTable& table, const StepFilter* filter);

/// The depth that a timeline reaches, no more than `reach` steps, as PlainScan finds it; -1 where
/// two events that matter come at one instant.
int PlainDepth(const timeline::View& view, const StepTable& table, const StepFilter* filter,
               int reach, std::uint64_t window);

/// The same with the times of the winning chain (funnel_chain.h); `out` has room for `reach`.
int PlainChain(const timeline::View& view, const StepTable& table, const StepFilter* filter,
               int reach, std::uint64_t window, Micros* out);

}  // namespace cdp::behavior
