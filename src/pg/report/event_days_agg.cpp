/// event_days_agg: timelines become notes of who did what on which day.

#include "core/report/event_days.h"
#include "pg/base/zone.h"
#include "pg/timeline/timeline_datum.h"
#include "pg/timeline/user_rows_datum.h"

namespace cdp::pg {

// state, one_id, timeline, times, property, time zone, from and to (days, null: open)
CDP_FUNCTION(cdp__event_days_trans) {
  const MemoryContext aggregate = RequireAggregate(fcinfo, "_event_days_trans");
  for (int n = 1; n <= 5; ++n) {
    if (PG_ARGISNULL(n)) return UnchangedState(fcinfo);
  }
  const uint32 person = PG_GETARG_UINT32(1);
  const varlena* value = TimelineArgument(fcinfo, 2);
  const int32 times = PG_GETARG_INT32(3);
  const int32 property = PG_GETARG_INT32(4);
  Zone* zone = ZoneArgument(fcinfo, 5);
  if (property < 0 || property > timeline::kMaxProperties) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("property %d is out of range", property)));
  }
  report::DayRange range;
  if (!PG_ARGISNULL(6)) range.from = PG_GETARG_DATEADT(6);
  if (!PG_ARGISNULL(7)) range.to = PG_GETARG_DATEADT(7);
  UserRowsState state = UserRowsArgument(fcinfo);
  if (state.is_null()) state = NewUserRows();
  if (state.flat != nullptr) ExpandUserRows(&state, aggregate);
  CallCore([&state, value, person, times, property, &range, zone] {
    report::NoteDays(ReadTimeline(value), person, times, property, range, zone,
                     &state.expanded->value());
  });
  PG_RETURN_DATUM(state.datum());
}

}  // namespace cdp::pg
