/// The conditions of a row as a set of bits.
#pragma once

#include "pg/base/datum.h"

namespace cdp::pg {

struct Conditions {
  int count;
  uint64 held;  ///< bit i: condition i + 1 is true; null is false
};

/// Reads argument n, an array of 1 to `most` (at most 64) booleans in any number of dimensions. May
/// longjmp: for the first act.
Conditions ConditionsArgument(FunctionCallInfo fcinfo, int n, int most);

/// Reads the arguments from n on, one boolean each: forms with a fixed number of conditions need no
/// array for every row.
inline Conditions FlagArguments(FunctionCallInfo fcinfo, int n) {
  Conditions row{PG_NARGS() - n, 0};
  for (int i = 0; i < row.count; ++i) {
    const NullableDatum& flag = fcinfo->args[n + i];
    row.held |= static_cast<uint64>(!flag.isnull && DatumGetBool(flag.value)) << i;
  }
  return row;
}

/// Raises the error that rows of one group have different numbers of conditions.
[[noreturn]] void RaiseConditionsDiffer(int one, int other);

}  // namespace cdp::pg
