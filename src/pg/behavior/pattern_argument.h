/// Sequence patterns as arguments.
#pragma once

#include "pg/base/datum.h"

namespace cdp::pg {

/// Parses a pattern for its errors only; they show the pattern with a mark at the fault. May
/// longjmp: for the first act.
void RequirePattern(const text* pattern, int conditions);

}  // namespace cdp::pg
