/// A funnel over timelines as a call site keeps it.
#pragma once

#include "core/behavior/timeline_funnel.h"
#include "pg/base/datum.h"
#include "pg/timeline/timeline_datum.h"

namespace cdp::pg {

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
