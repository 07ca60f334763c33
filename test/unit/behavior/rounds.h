/// How often a property is tried: less under sanitizers, which make a round ten times as long.
#pragma once

#include "unit/sanitized.h"

namespace cdp {

inline constexpr int kRounds = kSanitized ? 10'000 : 120'000;

}  // namespace cdp
