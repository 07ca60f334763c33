/// A funnel with rules as a call site keeps it.
#pragma once

#include "core/behavior/ruled_funnel.h"
#include "pg/behavior/timeline_question.h"

namespace cdp::pg {

/// The arguments of a funnel with rules; what is null has its default.
struct RuledArguments {
  const text* steps;
  const Interval* window;
  const text* mode = nullptr;
  const text* entry = nullptr;
  ArrayType* step_windows = nullptr;
  const text* exclude = nullptr;
  int32 hold = 0;
  const text* calendar = nullptr;
  const text* tz = nullptr;
};

/// Makes the funnel in the current context. May longjmp: for the first act.
behavior::RuledFunnel* MakeRuledFunnel(const RuledArguments& arguments);

/// The funnel of the arguments from `first` on: steps, window, mode, entry, step_windows, exclude,
/// hold, calendar, tz. May longjmp: for the first act.
const KeptQuestion<behavior::RuledFunnel>& RuledArgument(FunctionCallInfo fcinfo, int first);

/// The same of steps, window, and as far as the function has them mode and rules (a row of type
/// funnel_rules).
const KeptQuestion<behavior::RuledFunnel>& PackedRuledArgument(FunctionCallInfo fcinfo, int first);

/// Steps or exclusions with every name replaced; what does not parse is an error that shows the
/// text. May longjmp.
Datum NumberedSteps(const text* steps, behavior::StepNames* names);

}  // namespace cdp::pg
