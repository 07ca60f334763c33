/// rb_or_agg, rb_and_agg, rb_xor_agg, the three that count, and the final functions of all.
///
/// The state is flat portable bytes up to kExpandAbove, because most groups of a query with many
/// groups are small and a memory context for each would be dear; above, it is an expanded object.

#include "pg/bitmap/bitmap_datum.h"
#include "pg/bitmap/bitmap_state.h"

namespace cdp::pg {
namespace {

using bitmap::Bitmap;
using bitmap::Bytes;
using bitmap::SetOperation;

Datum Expand(MemoryContext parent, Bytes bytes) {
  return CallCore([=] { return ExpandedBitmap::New(parent, bytes)->ReadWrite(); });
}

// Flat again, or expanded when it has become too large for that.
Datum FoldFlat(MemoryContext context, Bytes state, Bytes other, SetOperation operation) {
  return CallCore([=] {
    Bitmap result = Bitmap::FromPortable(state);
    result.Apply(operation, Bitmap::FromPortable(other));
    varlena* flat = NewBitmap(result);
    if (VARSIZE(flat) <= kExpandAbove) return PointerGetDatum(flat);
    return ExpandedBitmap::New(context, BytesOf(flat))->ReadWrite();
  });
}

void FoldExpanded(ExpandedBitmap* state, Bytes other, SetOperation operation) {
  CallCore([=] { state->value().Apply(operation, Bitmap::FromPortable(other)); });
}

bool IsEmpty(ExpandedBitmap* expanded, Datum state) {
  if (expanded != nullptr) return CallCore([=] { return expanded->value().Result().empty(); });
  const Bytes bytes = BitmapBytes(state);
  return CallCore([bytes] { return bitmap::BitmapView(bytes).empty(); });
}

}  // namespace

MemoryContext RequireTransition(FunctionCallInfo fcinfo, const char* function) {
  MemoryContext context = nullptr;
  if (AggCheckCallContext(fcinfo, &context) == 0) [[unlikely]] {
    ereport(ERROR,
            (errcode(ERRCODE_DATA_EXCEPTION), errmsg("%s outside transition context", function)));
  }
  return context;
}

Datum FoldBitmap(FunctionCallInfo fcinfo, SetOperation operation, const char* function) {
  const MemoryContext context = RequireTransition(fcinfo, function);
  if (PG_ARGISNULL(1)) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    return PG_GETARG_DATUM(0);
  }
  if (PG_ARGISNULL(0)) {
    const Bytes first = BitmapArgument(fcinfo, 1);
    if (first.size() > kExpandAbove) return Expand(context, first);
    return PointerGetDatum(CallCore([first] { return NewBitmapOfForeign(first); }));
  }
  const Datum state = PG_GETARG_DATUM(0);
  ExpandedBitmap* expanded = ExpandedBitmap::From(state);
  // What is empty stays empty, and the other value need not even be fetched.
  if (operation == SetOperation::kAnd && IsEmpty(expanded, state)) return state;
  const Bytes other = BitmapArgument(fcinfo, 1);
  if (expanded == nullptr) return FoldFlat(context, BitmapBytes(state), other, operation);
  FoldExpanded(expanded, other, operation);
  return state;
}

CDP_FUNCTION(cdp_rb_or_trans) { return FoldBitmap(fcinfo, SetOperation::kOr, "rb_or_trans"); }
CDP_FUNCTION(cdp_rb_and_trans) { return FoldBitmap(fcinfo, SetOperation::kAnd, "rb_and_trans"); }
CDP_FUNCTION(cdp_rb_xor_trans) { return FoldBitmap(fcinfo, SetOperation::kXor, "rb_xor_trans"); }

CDP_FUNCTION(cdp_rb_or_combine) { return FoldBitmap(fcinfo, SetOperation::kOr, "rb_or_combine"); }
CDP_FUNCTION(cdp_rb_and_combine) {
  return FoldBitmap(fcinfo, SetOperation::kAnd, "rb_and_combine");
}
CDP_FUNCTION(cdp_rb_xor_combine) {
  return FoldBitmap(fcinfo, SetOperation::kXor, "rb_xor_combine");
}

// Leaves the state what it is: a window calls it again and again between two steps.
CDP_FUNCTION(cdp_rb_final) {
  ExpandedBitmap* expanded = ExpandedBitmap::From(PG_GETARG_DATUM(0));
  if (expanded != nullptr) {
    PG_RETURN_POINTER(CallCore([expanded] { return NewBitmap(expanded->value().Result()); }));
  }
  const Bytes bytes = BytesOf(PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0)));
  PG_RETURN_POINTER(CallCore([bytes] { return NewBitmapOfForeign(bytes); }));
}

CDP_FUNCTION(cdp_rb_cardinality_final) {
  ExpandedBitmap* expanded = ExpandedBitmap::From(PG_GETARG_DATUM(0));
  if (expanded != nullptr) {
    PG_RETURN_INT64(CallCore([expanded] { return expanded->value().Result().Cardinality(); }));
  }
  const Bytes bytes = BitmapArgument(fcinfo, 0);
  PG_RETURN_INT64(CallCore([bytes] { return bitmap::BitmapView(bytes).Cardinality(); }));
}

}  // namespace cdp::pg
