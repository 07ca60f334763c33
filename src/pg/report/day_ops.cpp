/// Days of the business.

#include "pg/base/zone.h"

namespace cdp::pg {

CDP_FUNCTION(cdp_day_of) {
  const TimestampTz at = PG_GETARG_TIMESTAMPTZ(0);
  if (TIMESTAMP_IS_NOBEGIN(at)) PG_RETURN_DATEADT(DATEVAL_NOBEGIN);
  if (TIMESTAMP_IS_NOEND(at)) PG_RETURN_DATEADT(DATEVAL_NOEND);
  PG_RETURN_DATEADT(static_cast<DateADT>(ZoneArgument(fcinfo, 1)->DayOf(at)));
}

}  // namespace cdp::pg
