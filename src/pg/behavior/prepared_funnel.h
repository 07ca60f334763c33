/// A funnel over timelines as a call site keeps it.
#pragma once

#include "core/behavior/timeline_funnel.h"
#include "pg/base/datum.h"
#include "pg/timeline/timeline_datum.h"

namespace cdp::pg {

/// Whether two detoasted values are the same bytes.
inline bool SameValue(const void* a, const void* b) {
  return VARSIZE_ANY(a) == VARSIZE_ANY(b) && std::memcmp(a, b, VARSIZE_ANY(a)) == 0;
}

/// A copy of a detoasted value; for use inside CallCore.
template <class Value>
Value* CopyValue(MemoryContext context, const Value* value) {
  auto* copy = static_cast<Value*>(AllocateIn(context, VARSIZE_ANY(value)));
  std::memcpy(copy, value, VARSIZE_ANY(value));
  return copy;
}

/// The event codes of an argument `steps`. May longjmp: for the first act.
std::span<const int32> StepCodes(ArrayType* steps);

/// The arguments of the last call of this expression and the funnel made of them: in a query they
/// hardly ever change from row to row.
struct PreparedFunnel {
  behavior::TimelineFunnel funnel;
  ArrayType* steps;
  Interval window;
  text* mode;

  /// The funnel of arguments n (steps), n + 1 (window) and n + 2 (mode; "default" where the
  /// function has none), none of them null. May longjmp: for the first act.
  static const behavior::TimelineFunnel& Of(FunctionCallInfo fcinfo, int n);

 private:
  bool MadeOf(const ArrayType* other_steps, const Interval& other_window,
              const text* other_mode) const;
  static PreparedFunnel* Make(FmgrInfo* site, ArrayType* steps, const Interval& window,
                              const text* mode);
};

}  // namespace cdp::pg
