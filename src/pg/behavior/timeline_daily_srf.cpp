/// timeline_daily, daily_agg and what reads its answer.

#include "core/behavior/timeline_daily.h"
#include "pg/base/zone.h"
#include "pg/behavior/timeline_rows.h"

namespace cdp::pg {
namespace {

using behavior::DailyCell;
using behavior::DailyQuestion;
using behavior::TallyKind;
using behavior::TallyRow;

/// Arguments `first` on: codes, property, time zone. May longjmp: for the first act.
const KeptQuestion<DailyQuestion>& DailyArgument(FunctionCallInfo fcinfo, int first) {
  using enum ArgumentKind;
  static constexpr ArgumentKind kKinds[] = {kVarlena, kByValue, kVarlena};
  return QuestionOf<DailyQuestion>(fcinfo, first, kKinds, [first](FunctionCallInfo call) {
    RequireArgument(call, first + 1, "property");
    RequireArgument(call, first + 2, "time zone");
    const DailyQuestion question{CodesOrNull(call, first),
                                 DatumGetInt32(call->args[first + 1].value),
                                 ZoneNamed(DatumGetTextPP(call->args[first + 2].value))};
    return CallCore([&question] {
      behavior::CheckDaily(question);
      return new (AllocateIn(CurrentMemoryContext, sizeof(question))) DailyQuestion(question);
    });
  });
}

}  // namespace

CDP_FUNCTION(cdp_timeline_daily) {
  return ReturnRows<3>(
      fcinfo,
      [fcinfo] {
        return AnswerOnce(fcinfo, DailyArgument,
                          [](const auto& view, DailyQuestion* question, auto* memory) {
                            return ListOf(behavior::DailyCells(view, question, memory));
                          });
      },
      [](const DailyCell& cell, Datum* values, bool* nulls) {
        values[0] = DateADTGetDatum(cell.day);
        values[1] = Int32GetDatum(cell.key.value_or(0));
        nulls[1] = !cell.key;
        values[2] = Int64GetDatum(cell.events);
      });
}

CDP_FUNCTION(cdp__daily_trans) {
  RequireAggregate(fcinfo, "_daily_trans");
  const auto& kept = DailyArgument(fcinfo, 2);
  if (PG_ARGISNULL(1)) return SameState(fcinfo);
  const varlena* value = TimelineArgument(fcinfo, 1);
  const behavior::TallyShape shape{TallyKind::kDays, behavior::kDailyParts, true, kept.hash};
  return FillTally(fcinfo, shape,
                   [&kept, value](behavior::TallyTable* tally, ContextResource* memory) {
                     behavior::CountDaily(ReadTimeline(value), kept.question, tally, memory);
                   });
}

CDP_FUNCTION(cdp_daily) {
  return ReturnRows<4>(
      fcinfo,
      [fcinfo] {
        return RowsOfTally(fcinfo, TallyKind::kDays, behavior::kDailyParts, true, "days");
      },
      [](const TallyRow& row, Datum* values, bool* nulls) {
        values[0] = DateADTGetDatum(row.key[0]);
        values[1] = Int32GetDatum(row.key[2]);
        nulls[1] = row.key[1] == 0;
        values[2] = Int64GetDatum(row.total);
        values[3] = Int64GetDatum(row.count);
      });
}

}  // namespace cdp::pg
