/// The values of a bitmap as rows: rb_iterate and rb64_iterate.
#pragma once

#include "pg/base/memory.h"

namespace cdp::pg {

/// What a call of rb_iterate keeps between its rows. Values are read in advance, for a row costs
/// the executor so little that one step of a cursor is felt.
template <class Cursor, class Value>
struct IteratedRows {
  explicit IteratedRows(std::span<const std::byte> bytes) : cursor(bytes) {}

  Cursor cursor;
  std::size_t next = 0;
  std::size_t count = 0;
  Value values[256];
};

/// The body of both: `bytes_of(datum)` gives the portable bytes of argument 0, `datum_of(value)` a
/// row.
template <class Cursor, class Value, class BytesOf, class DatumOf>
Datum IterateBitmap(FunctionCallInfo fcinfo, BytesOf bytes_of, DatumOf datum_of) {
  using Rows = IteratedRows<Cursor, Value>;
  if (SRF_IS_FIRSTCALL()) {
    FuncCallContext* first = SRF_FIRSTCALL_INIT();
    const MemoryContext caller = MemoryContextSwitchTo(first->multi_call_memory_ctx);
    // The bytes must outlive this call: the argument may lie in a context that is reset before
    // the next.
    const auto bytes = bytes_of(PointerGetDatum(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0))));
    first->user_fctx = CallCore(
        [bytes] { return new (AllocateIn(CurrentMemoryContext, sizeof(Rows))) Rows(bytes); });
    MemoryContextSwitchTo(caller);
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  auto* rows = static_cast<Rows*>(call->user_fctx);
  if (rows->next == rows->count) {
    rows->next = 0;
    rows->count = CallCore([rows] { return rows->cursor.Read(rows->values); });
    if (rows->count == 0) SRF_RETURN_DONE(call);
  }
  SRF_RETURN_NEXT(call, datum_of(rows->values[rows->next++]));
}

}  // namespace cdp::pg
