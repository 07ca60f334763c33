/// sessionize(ts, gap) OVER (... ORDER BY ts): the number of the session that a row belongs to.

#include "core/base/time.h"
#include "pg/base/datum.h"
#include "pg/base/window.h"

namespace cdp::pg {
namespace {

/// Lives as long as the partition; begins as zeros.
struct Run {
  int64 session;
  TimestampTz last;
  bool ascends;
  bool descends;
};

}  // namespace

CDP_FUNCTION(cdp_sessionize) {
  WindowObject window = PG_WINDOW_OBJECT();
  auto* run = static_cast<Run*>(WinGetPartitionLocalMemory(window, sizeof(Run)));
  bool null = false;
  const Datum gap = WinGetFuncArgCurrent(window, 1, &null);
  if (null) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("gap must not be null")));
  }
  const auto most = static_cast<uint64>(SpanMicros(DatumGetIntervalP(gap), "gap"));
  const Datum ts = WinGetFuncArgCurrent(window, 0, &null);
  if (null) PG_RETURN_NULL();
  const TimestampTz at = DatumGetTimestampTz(ts);
  if (TIMESTAMP_NOT_FINITE(at)) {
    ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
                    errmsg("session cannot hold an event at an infinite time")));
  }
  if (run->session == 0) {
    run->session = 1;
  } else {
    // Windows may run against the time as well.
    run->ascends |= at > run->last;
    run->descends |= at < run->last;
    if (run->ascends && run->descends) {
      ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                      errmsg("the window of sessionize is not ordered by its time"),
                      errhint("Write OVER (PARTITION BY ... ORDER BY that time).")));
    }
    const uint64 since = run->ascends ? Elapsed(run->last, at) : Elapsed(at, run->last);
    if (since > most) ++run->session;
  }
  run->last = at;
  PG_RETURN_INT64(run->session);
}

}  // namespace cdp::pg
