/// A funnel over timelines as a call site keeps it.
#pragma once

#include "core/behavior/timeline_funnel.h"
#include "pg/behavior/timeline_question.h"

namespace cdp::pg {

/// The event codes of an argument `steps`. May longjmp: for the first act.
std::span<const int32> StepCodes(ArrayType* steps);

/// The funnel of the arguments from `first` on, none of them null: steps, window and, where the
/// function has it, mode. May longjmp: for the first act.
const KeptQuestion<behavior::TimelineFunnel>& TimelineFunnelArgument(FunctionCallInfo fcinfo,
                                                                     int first);

}  // namespace cdp::pg
