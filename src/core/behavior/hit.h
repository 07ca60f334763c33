/// Rows as they wait in the states of row aggregates.
#pragma once

#include <cstdint>

#include "core/timeline/stamped.h"

namespace cdp::behavior {

inline constexpr int kMaxConditions = 64;

/// A row: its instant and the set of conditions that hold. States of up to kNarrowConditions keep
/// narrow hits, others wide ones.
using NarrowHit = timeline::Stamped<std::uint32_t>;
using WideHit = timeline::Stamped<std::uint64_t>;
static_assert(sizeof(NarrowHit) == 12 && sizeof(WideHit) == 16);
inline constexpr int kNarrowConditions = 32;

/// Set in a state's flags once a hit came before the one that it should follow.
inline constexpr std::uint8_t kHitsUnsorted = 1;

}  // namespace cdp::behavior
