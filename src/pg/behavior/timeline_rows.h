/// What set-returning functions over a timeline, and over a tally, have in common.
#pragma once

#include "pg/base/row_set.h"
#include "pg/behavior/timeline_question.h"
#include "pg/behavior/timeline_tally_datum.h"
#include "pg/timeline/timeline_datum.h"

namespace cdp::pg {

/// On the first call of a function whose argument 0 is a timeline: answer(view, question, memory)
/// for the question that ask(fcinfo, 1) makes of the other arguments, in the current context, and
/// whatever it gives; for null what `Answer` gives by default. May longjmp.
template <class Ask, class Answer>
auto AnswerOnce(FunctionCallInfo fcinfo, Ask ask, Answer answer) {
  using Given = decltype(answer(std::declval<timeline::View>(), ask(fcinfo, 1).question,
                                std::declval<std::pmr::memory_resource*>()));
  if (PG_ARGISNULL(0)) return Given{};
  // The call's state takes the place of a kept question, so this one is made each time.
  void* const state = fcinfo->flinfo->fn_extra;
  fcinfo->flinfo->fn_extra = nullptr;
  const auto& kept = ask(fcinfo, 1);
  fcinfo->flinfo->fn_extra = state;
  const varlena* value = TimelineArgument(fcinfo, 0);
  const Given given = CallCore([&] {
    ContextResource memory(CurrentMemoryContext);
    return answer(ReadTimeline(value), kept.question, &memory);
  });
  MemoryContextDelete(kept.context);
  return given;
}

/// The rows of argument 0, a tally with keys of so many parts and totals or not; `what` says what
/// such ones hold. May longjmp.
inline RowList<behavior::TallyRow> RowsOfTally(FunctionCallInfo fcinfo, behavior::TallyKind kind,
                                               int parts, bool totals, const char* what) {
  const auto bytes = TallyBytes(PG_GETARG_DATUM(0));
  return CallCore([=] {
    const auto view = ReadTally(bytes, kind, parts, totals, what);
    ContextResource memory(CurrentMemoryContext);
    std::pmr::vector<behavior::TallyRow> rows(&memory);
    rows.reserve(view.size());
    for (std::size_t i = 0; i < view.size(); ++i) rows.push_back(view.At(i));
    return ListOf(rows);
  });
}

}  // namespace cdp::pg
