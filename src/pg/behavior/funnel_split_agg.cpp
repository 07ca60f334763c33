/// funnel_split_agg and what reads its answer.

#include "core/behavior/funnel_split.h"
#include "pg/base/row_set.h"
#include "pg/behavior/ruled_question.h"
#include "pg/behavior/timeline_source.h"

namespace cdp::pg {

using behavior::SplitRow;
using behavior::TallyKind;

namespace {

template <class Source>
Datum Transition(FunctionCallInfo fcinfo, const char* function) {
  RequireAggregate(fcinfo, function);
  RequireArgument(fcinfo, 2, "property");
  RequireArgument(fcinfo, 3, "step");
  for (int n = 4; n < std::min<int>(PG_NARGS(), 7); ++n) {
    RequireArgument(fcinfo, n, n == 4 ? "steps" : n == 5 ? "window" : "mode");
  }
  const auto& kept = PackedRuledArgument(fcinfo, 4);
  const behavior::SplitBy by{PG_GETARG_INT32(2), PG_GETARG_INT32(3)};
  behavior::RuledFunnel* funnel = kept.question;
  CallCore([&] { behavior::CheckSplit(by, funnel->steps()); });
  const auto which =
      static_cast<std::uint64_t>(by.property) << 8 | static_cast<std::uint8_t>(by.step);
  const behavior::TallyShape shape{TallyKind::kFunnel, behavior::kSplitParts, false,
                                   hash_combine64(kept.hash, which)};
  return CountTimelines<Source>(fcinfo, shape,
                                [=](const auto& view, behavior::TallyTable* tally, auto*) {
                                  behavior::CountSplit(view, by, funnel, tally);
                                });
}

}  // namespace

CDP_FUNCTION(cdp__funnel_split_trans) {
  return Transition<OneTimeline>(fcinfo, "_funnel_split_trans");
}
CDP_FUNCTION(cdp__funnel_split_page_trans) {
  return Transition<TimelinePage>(fcinfo, "_funnel_split_page_trans");
}

CDP_FUNCTION(cdp_funnel_split) {
  return ReturnRows<3>(
      fcinfo,
      [fcinfo] {
        const auto bytes = TallyBytes(PG_GETARG_DATUM(0));
        return CallCore([=] {
          ContextResource memory(CurrentMemoryContext);
          const auto view =
              ReadTally(bytes, TallyKind::kFunnel, behavior::kSplitParts, false, "a funnel");
          return ListOf(behavior::SplitOf(view, &memory));
        });
      },
      [](const SplitRow& row, Datum* values, bool* nulls) {
        values[0] = Int32GetDatum(row.property.value_or(0));
        nulls[0] = !row.property;
        values[1] = Int32GetDatum(row.step);
        values[2] = Int64GetDatum(row.users);
      });
}

}  // namespace cdp::pg
