/// timeline_daily, daily_agg and what reads its answer.

#include "core/behavior/timeline_daily.h"
#include "pg/base/zone.h"
#include "pg/behavior/timeline_rows.h"
#include "pg/behavior/timeline_source.h"

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
  return QuestionOf<DailyQuestion>(fcinfo, first, kKinds, [fcinfo, first] {
    RequireArgument(fcinfo, first + 1, "property");
    RequireArgument(fcinfo, first + 2, "time zone");
    const DailyQuestion question{CodesOrNull(fcinfo, first),
                                 DatumGetInt32(fcinfo->args[first + 1].value),
                                 ZoneNamed(DatumGetTextPP(fcinfo->args[first + 2].value))};
    return CallCore([&question] {
      behavior::CheckDaily(question);
      return new (AllocateIn(CurrentMemoryContext, sizeof(question))) DailyQuestion(question);
    });
  });
}

template <class Source>
Datum Transition(FunctionCallInfo fcinfo, const char* function) {
  RequireAggregate(fcinfo, function);
  const auto& kept = DailyArgument(fcinfo, 2);
  const behavior::TallyShape shape{TallyKind::kDays, behavior::kDailyParts, true, kept.hash};
  return CountTimelines<Source>(
      fcinfo, shape, [&kept](const auto& view, behavior::TallyTable* tally, auto* memory) {
        behavior::CountDaily(view, kept.question, tally, memory);
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

CDP_FUNCTION(cdp__daily_trans) { return Transition<OneTimeline>(fcinfo, "_daily_trans"); }
CDP_FUNCTION(cdp__daily_page_trans) {
  return Transition<TimelinePage>(fcinfo, "_daily_page_trans");
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
