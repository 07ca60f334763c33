/// rb_iterate and rb_chunks: the values of a bitmap as rows.

#include "core/bitmap/bitmap_cursor.h"
#include "core/bitmap/bitmap_range.h"
#include "core/bitmap/bitmap_rank.h"
#include "pg/base/row_set.h"
#include "pg/bitmap/bitmap_datum.h"

namespace cdp::pg {
namespace {

bitmap::BitmapCursor* NewCursor(bitmap::Bytes bytes) {
  return new (AllocateIn(CurrentMemoryContext, sizeof(bitmap::BitmapCursor)))
      bitmap::BitmapCursor(bytes);
}

// Where rb_chunks stands; lives in the function's multi-call context.
struct ChunkRows {
  bitmap::Bytes bytes;
  int bits;
  std::uint64_t next;  // the smallest value that has not gone

  // The next chunk that is not empty; null after the last.
  varlena* Next(std::uint32_t* chunk) {
    if (next >> 32 != 0) return nullptr;
    const bitmap::BitmapView view(bytes);
    const auto first = bitmap::FirstFrom(view, static_cast<std::uint32_t>(next));
    if (!first.has_value()) return nullptr;
    const std::uint64_t number = std::uint64_t{*first} >> bits;
    next = (number + 1) << bits;
    ContextResource memory(CurrentMemoryContext);
    bitmap::BitmapParts parts(&memory);
    bitmap::Restrict(view, {number << bits, std::min(next, std::uint64_t{1} << 32)}, &parts);
    *chunk = static_cast<std::uint32_t>(number);
    return NewBitmap(parts);
  }
};

}  // namespace

CDP_FUNCTION(cdp_rb_iterate) {
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

CDP_FUNCTION(cdp_rb_chunks) {
  if (SRF_IS_FIRSTCALL()) {
    const int bits = PG_GETARG_INT32(1);
    if (bits < 0 || bits > 32) {
      ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                      errmsg("%d bits are out of range for a chunk", bits),
                      errdetail("A chunk has from 0 to 32 bits.")));
    }
    FuncCallContext* first = SRF_FIRSTCALL_INIT();
    const MemoryContext caller = MemoryContextSwitchTo(first->multi_call_memory_ctx);
    first->tuple_desc = RowShape(fcinfo);
    const bitmap::Bytes bytes =
        BitmapBytes(PointerGetDatum(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0))));
    first->user_fctx = new (palloc(sizeof(ChunkRows))) ChunkRows{bytes, bits, 0};
    MemoryContextSwitchTo(caller);
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  auto* rows = static_cast<ChunkRows*>(call->user_fctx);
  std::uint32_t chunk = 0;
  const varlena* members = CallCore([&] { return rows->Next(&chunk); });
  if (members == nullptr) SRF_RETURN_DONE(call);
  Datum values[2] = {Int32GetDatum(static_cast<std::int32_t>(chunk)), PointerGetDatum(members)};
  bool nulls[2] = {false, false};
  SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
}

}  // namespace cdp::pg
