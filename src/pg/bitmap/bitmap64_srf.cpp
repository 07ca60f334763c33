/// rb64_iterate: the values of a 64-bit bitmap as rows.

#include "core/bitmap/bitmap64_cursor.h"
#include "pg/bitmap/bitmap64_datum.h"

namespace cdp::pg {
namespace {

bitmap::Bitmap64Cursor* NewCursor64(bitmap::Bytes bytes) {
  return new (AllocateIn(CurrentMemoryContext, sizeof(bitmap::Bitmap64Cursor)))
      bitmap::Bitmap64Cursor(bytes);
}

}  // namespace

CDP_FUNCTION(cdp__rb64_iterate) {
  if (SRF_IS_FIRSTCALL()) {
    FuncCallContext* first = SRF_FIRSTCALL_INIT();
    const MemoryContext caller = MemoryContextSwitchTo(first->multi_call_memory_ctx);
    // The bytes must outlive this call: the argument may lie in a context that is reset before
    // the next.
    const bitmap::Bytes bytes =
        Bitmap64Bytes(PointerGetDatum(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0))));
    first->user_fctx = CallCore([bytes] { return NewCursor64(bytes); });
    MemoryContextSwitchTo(caller);
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  auto* cursor = static_cast<bitmap::Bitmap64Cursor*>(call->user_fctx);
  std::uint64_t value = 0;
  if (CallCore([&] { return cursor->Next(&value); })) {
    SRF_RETURN_NEXT(call, Int64GetDatum(static_cast<std::int64_t>(value)));
  }
  SRF_RETURN_DONE(call);
}

}  // namespace cdp::pg
