/// Funnels with rules over one stored timeline.

#include "pg/behavior/ruled_question.h"
#include "pg/behavior/timeline_rows.h"

namespace cdp::pg {
namespace {

/// Whether one of the first arguments is null; without timeline, steps, window or mode there is no
/// answer.
bool LacksArgument(FunctionCallInfo fcinfo, int count = 4) {
  for (int n = 0; n < count; ++n) {
    if (PG_ARGISNULL(n)) return true;
  }
  return false;
}

/// An argument that is a number from 1 to `most`; `what` names it in the message. May longjmp.
int32 NumberArgument(FunctionCallInfo fcinfo, int n, const char* what, int most) {
  const int32 number = PG_GETARG_INT32(n);
  if (number < 1 || number > most) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s %d does not exist", what, number),
             errdetail("There are 1 to %d.", most)));
  }
  return number;
}

/// For use inside CallCore.
ArrayType* TimesArray(std::span<const Micros> times) {
  ArrayType* array = NewArray(TIMESTAMPTZOID, sizeof(Micros), times.size(), "");
  std::copy(times.begin(), times.end(), reinterpret_cast<Micros*>(ARR_DATA_PTR(array)));
  return array;
}

struct AttemptRow {
  int32 depth;
  ArrayType* chain;
};

}  // namespace

CDP_FUNCTION(cdp_window_funnel_ruled) {
  if (LacksArgument(fcinfo)) PG_RETURN_NULL();
  behavior::RuledFunnel* funnel = RuledArgument(fcinfo, 1).question;
  const varlena* timeline = TimelineArgument(fcinfo, 0);
  PG_RETURN_INT32(CallCore([funnel, timeline] { return funnel->Depth(ReadTimeline(timeline)); }));
}

CDP_FUNCTION(cdp_funnel_chain_ruled) {
  if (LacksArgument(fcinfo)) PG_RETURN_NULL();
  behavior::RuledFunnel* funnel = RuledArgument(fcinfo, 1).question;
  const varlena* timeline = TimelineArgument(fcinfo, 0);
  PG_RETURN_ARRAYTYPE_P(CallCore([funnel, timeline] {
    Micros chain[behavior::kMaxSteps];
    const auto depth = static_cast<std::size_t>(funnel->Chain(ReadTimeline(timeline), chain));
    return TimesArray({chain, depth});
  }));
}

CDP_FUNCTION(cdp_funnel_property) {
  constexpr int kStep = 11;
  if (LacksArgument(fcinfo, 5) || PG_ARGISNULL(kStep)) PG_RETURN_NULL();
  behavior::RuledFunnel* funnel = RuledArgument(fcinfo, 2).question;
  const int property = NumberArgument(fcinfo, 1, "property", timeline::kMaxProperties);
  const int step = NumberArgument(fcinfo, kStep, "step", funnel->steps());
  const varlena* timeline = TimelineArgument(fcinfo, 0);
  struct Found {
    bool any;
    int32 property;
  };
  const Found found = CallCore([=] {
    const auto answer = funnel->Split(ReadTimeline(timeline), step, property).property;
    return Found{answer.has_value(), answer.value_or(0)};
  });
  if (!found.any) PG_RETURN_NULL();
  PG_RETURN_INT32(found.property);
}

CDP_FUNCTION(cdp_funnel_attempts) {
  return ReturnRows<3>(
      fcinfo,
      [fcinfo]() -> RowList<AttemptRow> {
        if (LacksArgument(fcinfo)) return {nullptr, 0};
        return AnswerOnce(fcinfo, RuledArgument,
                          [](const auto& view, behavior::RuledFunnel* funnel, auto* memory) {
                            std::pmr::vector<AttemptRow> rows(memory);
                            funnel->ForEachAttempt(
                                view, memory,
                                [&rows](const behavior::FunnelAttempt& attempt, auto times) {
                                  rows.push_back({attempt.depth, TimesArray(times)});
                                });
                            return ListOf(rows);
                          });
      },
      [fcinfo](const AttemptRow& row, Datum* values, bool*) {
        const auto* call = static_cast<const FuncCallContext*>(fcinfo->flinfo->fn_extra);
        values[0] = Int32GetDatum(static_cast<int32>(call->call_cntr + 1));
        values[1] = Int32GetDatum(row.depth);
        values[2] = PointerGetDatum(row.chain);
      });
}

}  // namespace cdp::pg
