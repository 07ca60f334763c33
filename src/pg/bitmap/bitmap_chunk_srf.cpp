/// rb_chunks and rb64_chunks: a bitmap in parts, as rows.

#include "core/bitmap/bitmap_chunks.h"
#include "pg/base/row_set.h"
#include "pg/bitmap/bitmap_kinds.h"

namespace cdp::pg {
namespace {

using bitmap::Bytes;

// Where rb_chunks stands; lives in the function's multi-call context.
struct Chunks32 {
  using Kind = Kind32;

  Chunks32(Bytes all, int chunk_bits) : bytes(all), bits(chunk_bits) {}

  // The next chunk that is not empty, and its number; null after the last.
  varlena* Next(std::uint32_t* chunk) {
    const bitmap::BitmapView view(bytes);
    const auto range = bitmap::NextChunk(view, next, bits);
    if (!range.has_value()) return nullptr;
    ContextResource memory(CurrentMemoryContext);
    bitmap::BitmapParts parts(&memory);
    bitmap::Restrict(view, *range, &parts);
    *chunk = static_cast<std::uint32_t>(range->start >> bits);
    next = range->end;
    return NewBitmap(parts);
  }

  Bytes bytes;
  int bits;
  std::uint64_t next = 0;
};

// The same of rb64_chunks.
struct Chunks64 {
  using Kind = Kind64;

  Chunks64(Bytes bytes, int bits) : chunks(bytes, bits) {}

  varlena* Next(std::uint64_t* chunk) {
    bool found = false;
    varlena* members =
        NewBitmap64([&](bitmap::BucketList* list) { found = chunks.Next(chunk, list); });
    return found ? members : nullptr;
  }

  bitmap::Bitmap64Chunks chunks;
};

template <class Chunks>
Datum Rows(FunctionCallInfo fcinfo) {
  using Kind = typename Chunks::Kind;
  if (SRF_IS_FIRSTCALL()) {
    const int bits = PG_GETARG_INT32(1);
    if (bits < 0 || bits > Kind::kBits) {
      ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                      errmsg("%d bits are out of range for a chunk", bits),
                      errdetail("A chunk has from 0 to %d bits.", Kind::kBits)));
    }
    FuncCallContext* first = SRF_FIRSTCALL_INIT();
    const MemoryContext caller = MemoryContextSwitchTo(first->multi_call_memory_ctx);
    first->tuple_desc = RowShape(fcinfo);
    // The bytes must outlive this call: the argument may lie in a context that is reset before
    // the next.
    const Bytes bytes = Kind::BytesOf(PointerGetDatum(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0))));
    first->user_fctx = CallCore(
        [=] { return new (AllocateIn(CurrentMemoryContext, sizeof(Chunks))) Chunks(bytes, bits); });
    MemoryContextSwitchTo(caller);
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  auto* chunks = static_cast<Chunks*>(call->user_fctx);
  typename Kind::Value chunk = 0;
  const varlena* members = CallCore([&] { return chunks->Next(&chunk); });
  if (members == nullptr) SRF_RETURN_DONE(call);
  Datum values[2] = {Kind::DatumOf(chunk), PointerGetDatum(members)};
  bool nulls[2] = {false, false};
  SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
}

}  // namespace

CDP_FUNCTION(cdp_rb_chunks) { return Rows<Chunks32>(fcinfo); }
CDP_FUNCTION(cdp_rb64_chunks) { return Rows<Chunks64>(fcinfo); }

}  // namespace cdp::pg
