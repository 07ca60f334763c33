/// _event_days_read: the rows of the day rollup that notes of event_days_agg make.

#include "core/report/event_days.h"
#include "pg/base/row_set.h"
#include "pg/bsi/bsi_datum.h"
#include "pg/timeline/user_rows_datum.h"

namespace cdp::pg {
namespace {

/// Lives in the function's multi-call context; owns nothing but memory of it.
struct Reading {
  explicit Reading(const varlena* value)
      : memory(CurrentMemoryContext), rows(ReadUserRows(value, &memory).rows, &memory) {}

  ContextResource memory;
  report::DayRows rows;
};

}  // namespace

CDP_FUNCTION(cdp__event_days_read) {
  if (SRF_IS_FIRSTCALL()) {
    FuncCallContext* first = SRF_FIRSTCALL_INIT();
    const MemoryContext before = MemoryContextSwitchTo(first->multi_call_memory_ctx);
    first->tuple_desc = RowShape(fcinfo);
    const varlena* value = UserRowsValue(fcinfo, 0);
    first->user_fctx = CallCore(
        [value] { return new (AllocateIn(CurrentMemoryContext, sizeof(Reading))) Reading(value); });
    MemoryContextSwitchTo(before);
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  auto* reading = static_cast<Reading*>(call->user_fctx);
  report::DayRow row{};
  const varlena* times = CallCore([reading, &row]() -> varlena* {
    if (!reading->rows.Next(&row)) return nullptr;
    ContextResource memory(CurrentMemoryContext);
    bsi::Bsi made(row.people, &memory);
    return NewBsi(&made);
  });
  if (times == nullptr) SRF_RETURN_DONE(call);
  if (!IS_VALID_DATE(row.day)) {
    ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("day is out of range")));
  }
  Datum values[5] = {Int32GetDatum(row.value), Int32GetDatum(row.code), DateADTGetDatum(row.day),
                     UInt32GetDatum(row.chunk), PointerGetDatum(times)};
  bool nulls[5] = {};
  SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
}

}  // namespace cdp::pg
