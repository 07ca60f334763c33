/// rb_iterate: the values of a bitmap as rows.

#include "core/bitmap/bitmap_cursor.h"
#include "pg/bitmap/bitmap_datum.h"

namespace cdp::pg {
namespace {

bitmap::BitmapCursor* NewCursor(bitmap::Bytes bytes) {
  return new (AllocateIn(CurrentMemoryContext, sizeof(bitmap::BitmapCursor)))
      bitmap::BitmapCursor(bytes);
}

}  // namespace

CDP_FUNCTION(cdp__rb_iterate) {
  if (SRF_IS_FIRSTCALL()) {
    FuncCallContext* first = SRF_FIRSTCALL_INIT();
    const MemoryContext caller = MemoryContextSwitchTo(first->multi_call_memory_ctx);
    // The bytes must outlive this call: the argument may lie in a context that is reset before
    // the next.
    const bitmap::Bytes bytes =
        BitmapBytes(PointerGetDatum(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0))));
    first->user_fctx = CallCore([bytes] { return NewCursor(bytes); });
    MemoryContextSwitchTo(caller);
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  auto* cursor = static_cast<bitmap::BitmapCursor*>(call->user_fctx);
  std::uint32_t value = 0;
  if (CallCore([&] { return cursor->Next(&value); })) {
    SRF_RETURN_NEXT(call, Int32GetDatum(static_cast<std::int32_t>(value)));
  }
  SRF_RETURN_DONE(call);
}

}  // namespace cdp::pg
