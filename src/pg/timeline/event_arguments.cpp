#include "pg/timeline/event_arguments.h"

namespace cdp::pg {

void RefuseEvent(const timeline::Event& event) {
  if (TIMESTAMP_NOT_FINITE(event.at)) {
    ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
                    errmsg("timeline cannot hold an event at an infinite time")));
  }
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                  errmsg("event code %d is negative", event.value)));
  pg_unreachable();
}

int TakeProperties(FunctionCallInfo fcinfo, int n, timeline::FullEvent* event) {
  if (PG_ARGISNULL(n)) return 0;
  const ArrayType* array = PG_GETARG_ARRAYTYPE_P(n);
  if (ARR_NDIM(array) > 1) {
    ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
                    errmsg("properties must be an array of one dimension")));
  }
  const int count = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0];
  if (count > timeline::kMaxProperties) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("event has %d properties", count),
             errdetail("An event has at most %d properties.", timeline::kMaxProperties)));
  }
  const auto* element = reinterpret_cast<const int32*>(ARR_DATA_PTR(array));
  const bits8* nulls = ARR_NULLBITMAP(array);
  int last = 0;
  for (int i = 0; i < count; ++i) {
    if (nulls != nullptr && (nulls[0] >> i & 1) == 0) continue;
    event->properties[i] = *element++;
    event->present |= 2u << i;
    last = i + 1;
  }
  return last;
}

}  // namespace cdp::pg
