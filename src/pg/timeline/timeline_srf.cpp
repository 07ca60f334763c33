/// timeline_events: a timeline back as rows.

#include "pg/base/row_set.h"
#include "pg/timeline/timeline_datum.h"

namespace cdp::pg {
namespace {

/// Lives in the function's multi-call context; owns nothing but memory of it.
struct EventRows {
  explicit EventRows(const timeline::View& timeline) : view(timeline), times(view) {}

  timeline::View view;
  timeline::TimeReader times;
  Micros block[timeline::TimeReader::kBlock];
  std::size_t block_size = 0;
  std::size_t in_block = 0;
  std::size_t index = 0;

  /// False at the end.
  bool Next() {
    if (in_block == block_size) {
      block_size = times.Next(block);
      in_block = 0;
    }
    return in_block < block_size;
  }
};

}  // namespace

CDP_FUNCTION(cdp_timeline_events) {
  if (SRF_IS_FIRSTCALL()) {
    FuncCallContext* call = SRF_FIRSTCALL_INIT();
    const MemoryContext before = MemoryContextSwitchTo(call->multi_call_memory_ctx);
    call->tuple_desc = RowShape(fcinfo);
    // A copy: the argument may live in memory that is freed between the rows.
    const varlena* value = PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0));
    call->user_fctx = CallCore([value] {
      return new (AllocateIn(CurrentMemoryContext, sizeof(EventRows)))
          EventRows(ReadTimeline(value));
    });
    MemoryContextSwitchTo(before);
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  auto* rows = static_cast<EventRows*>(call->user_fctx);
  if (!CallCore([rows] { return rows->Next(); })) SRF_RETURN_DONE(call);
  Datum values[2] = {TimestampTzGetDatum(rows->block[rows->in_block++]),
                     Int32GetDatum(rows->view.CodeAt(rows->index++))};
  bool nulls[2] = {false, false};
  SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
}

}  // namespace cdp::pg
