/// timeline_events: a timeline back as rows.

#include "pg/base/row_set.h"
#include "pg/timeline/timeline_datum.h"

namespace cdp::pg {
namespace {

using timeline::FullEvent;

/// Lives in the function's multi-call context; owns nothing but memory of it.
struct EventRows {
  explicit EventRows(const timeline::View& timeline) : reader(timeline) {}

  timeline::EventReader<FullEvent> reader;
  FullEvent block[timeline::TimeReader::kBlock];
  std::size_t block_size = 0;
  std::size_t in_block = 0;

  /// Null at the end.
  const FullEvent* Next() {
    if (in_block == block_size) {
      block_size = reader.Next(block);
      in_block = 0;
    }
    return in_block < block_size ? &block[in_block++] : nullptr;
  }
};

/// The properties up to the last that is there, as an array; 0 when there are none. May longjmp.
Datum PropertiesOf(const FullEvent& event) {
  Datum elements[timeline::kMaxProperties];
  bool nulls[timeline::kMaxProperties];
  int count = 0;
  for (int i = 0; i < timeline::kMaxProperties; ++i) {
    elements[i] = Int32GetDatum(event.properties[i]);
    nulls[i] = !event.has_property(i + 1);
    if (!nulls[i]) count = i + 1;
  }
  if (count == 0) return 0;
  int lower = 1;
  return PointerGetDatum(construct_md_array(elements, nulls, 1, &count, &lower, INT4OID,
                                            sizeof(int32), true, TYPALIGN_INT));
}

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
  const FullEvent* event = CallCore([rows] { return rows->Next(); });
  if (event == nullptr) SRF_RETURN_DONE(call);
  const Datum properties = PropertiesOf(*event);
  Datum values[4] = {TimestampTzGetDatum(event->at), Int32GetDatum(event->code),
                     Int64GetDatum(event->value), properties};
  bool nulls[4] = {false, false, !event->has_value(), properties == 0};
  SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
}

}  // namespace cdp::pg
