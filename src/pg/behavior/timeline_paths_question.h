/// The arguments of timeline_paths and paths_agg as a question.
#pragma once

#include "core/behavior/timeline_paths.h"
#include "pg/behavior/timeline_question.h"

namespace cdp::pg {

using KeptPaths = KeptQuestion<behavior::PathQuestion>;

/// Arguments `first` on: gap, depth and, unless it is the short form, codes, start, end, reverse,
/// collapse. May longjmp: for the first act.
inline const KeptPaths& PathsArgument(FunctionCallInfo fcinfo, int first) {
  using enum ArgumentKind;
  static constexpr ArgumentKind kKinds[] = {kInterval, kByValue, kVarlena, kByValue,
                                            kByValue,  kByValue, kByValue};
  const auto given = static_cast<std::size_t>(PG_NARGS() - first);
  return QuestionOf<behavior::PathQuestion>(
      fcinfo, first, std::span(kKinds).first(given), [fcinfo, first, given] {
        RequireArgument(fcinfo, first + 1, "depth");
        behavior::PathQuestion question{.gap = SpanArgument(fcinfo, first, "gap"),
                                        .depth = DatumGetInt32(fcinfo->args[first + 1].value)};
        if (given > 2) {
          question.codes = CodesOrNull(fcinfo, first + 2);
          question.start = IntegerOrNull(fcinfo, first + 3);
          question.end = IntegerOrNull(fcinfo, first + 4);
          question.reverse =
              !fcinfo->args[first + 5].isnull && DatumGetBool(fcinfo->args[first + 5].value);
          question.collapse =
              !fcinfo->args[first + 6].isnull && DatumGetBool(fcinfo->args[first + 6].value);
        }
        return CallCore([question] {
          behavior::CheckPathQuestion(question);
          return new (AllocateIn(CurrentMemoryContext, sizeof(question)))
              behavior::PathQuestion(question);
        });
      });
}

}  // namespace cdp::pg
