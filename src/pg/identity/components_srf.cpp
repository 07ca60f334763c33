/// components_of: the partition as rows, read from the image as they are asked for.

#include "pg/base/row_set.h"
#include "pg/identity/components_datum.h"

namespace cdp::pg {

CDP_FUNCTION(cdp_components_of) {
  using Cursor = identity::ImageView::Cursor;
  static_assert(std::is_trivially_destructible_v<Cursor>);

  if (SRF_IS_FIRSTCALL()) {
    FuncCallContext* call = SRF_FIRSTCALL_INIT();
    const MemoryContext before = MemoryContextSwitchTo(call->multi_call_memory_ctx);
    call->tuple_desc = RowShape(fcinfo);
    // The argument itself may be gone at the next call.
    const varlena* value = PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0));
    call->user_fctx = CallCore([value]() -> void* {
      void* room = AllocateIn(CurrentMemoryContext, sizeof(Cursor));
      return new (room) Cursor(ViewComponents(value).begin());
    });
    MemoryContextSwitchTo(before);
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  auto* cursor = static_cast<Cursor*>(call->user_fctx);
  std::int64_t node = 0;
  std::int64_t component = 0;
  if (!CallCore([&] { return cursor->Next(&node, &component); })) SRF_RETURN_DONE(call);
  Datum values[] = {Int64GetDatum(node), Int64GetDatum(component)};
  bool nulls[] = {false, false};
  HeapTuple tuple = heap_form_tuple(call->tuple_desc, values, nulls);
  SRF_RETURN_NEXT(call, HeapTupleGetDatum(tuple));
}

}  // namespace cdp::pg
