/// The conditions of a row: a boolean array as a set of bits.
#pragma once

#include "pg/base/datum.h"

namespace cdp::pg {

struct Conditions {
  int count;
  uint32 held;  ///< bit i: condition i + 1 is true; null is false
};

/// Reads argument n, an array of 1 to `most` booleans in any number of dimensions. May longjmp:
/// for the first act.
Conditions ConditionsArgument(FunctionCallInfo fcinfo, int n, int most);

}  // namespace cdp::pg
