/// rb64_or_agg, rb64_and_agg, rb64_xor_agg, the three that count, and the final functions of all.
///
/// The state is flat portable bytes up to kExpandAbove, and an expanded object above; of
/// rb64_and_agg, which only shrinks, always flat.

#include "core/bitmap/bitmap64_set.h"
#include "pg/bitmap/bitmap64_datum.h"
#include "pg/bitmap/bitmap64_state.h"
#include "pg/bitmap/bitmap_state.h"

namespace cdp::pg {
namespace {

using bitmap::Bytes;
using bitmap::SetOperation;

// As flat as it comes, or expanded when it is too large for that.
Datum StateOf(MemoryContext context, varlena* flat, SetOperation operation) {
  if (operation == SetOperation::kAnd || VARSIZE(flat) <= kExpandAbove) {
    return PointerGetDatum(flat);
  }
  return ExpandedBitmap64::New(context, operation, BytesOf(flat))->ReadWrite();
}

// The expanded state that goes on by this operation; null for a flat one, or another aggregate's.
ExpandedBitmap64* ExpandedState(Datum state, SetOperation operation) {
  ExpandedBitmap64* expanded = ExpandedBitmap64::From(state);
  return expanded != nullptr && expanded->value().operation() == operation ? expanded : nullptr;
}

}  // namespace

Datum FoldBitmap64(FunctionCallInfo fcinfo, SetOperation operation, const char* function) {
  const MemoryContext context = RequireTransition(fcinfo, function);
  if (PG_ARGISNULL(1)) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    return PG_GETARG_DATUM(0);
  }
  if (PG_ARGISNULL(0)) {
    const Bytes first = Bitmap64Argument(fcinfo, 1);
    return CallCore([=] { return StateOf(context, NewBitmap64OfForeign(first), operation); });
  }
  const Datum state = PG_GETARG_DATUM(0);
  if (ExpandedBitmap64* expanded = ExpandedState(state, operation)) {
    const Bytes other = Bitmap64Argument(fcinfo, 1);
    CallCore([=] { expanded->value().Add(other); });
    return state;
  }
  const Bytes flat = Bitmap64Bytes(state);
  // What is empty stays empty, and the other value need not even be fetched.
  if (operation == SetOperation::kAnd && CallCore([flat] { return bitmap::Empty64(flat); })) {
    return state;
  }
  const Bytes other = Bitmap64Argument(fcinfo, 1);
  return CallCore([=] {
    varlena* result = NewBitmap64(
        [=](bitmap::BucketList* list) { bitmap::AppendCombined(operation, flat, other, list); });
    return StateOf(context, result, operation);
  });
}

CDP_FUNCTION(cdp_rb64_or_trans) { return FoldBitmap64(fcinfo, SetOperation::kOr, "rb64_or_trans"); }
CDP_FUNCTION(cdp_rb64_and_trans) {
  return FoldBitmap64(fcinfo, SetOperation::kAnd, "rb64_and_trans");
}
CDP_FUNCTION(cdp_rb64_xor_trans) {
  return FoldBitmap64(fcinfo, SetOperation::kXor, "rb64_xor_trans");
}

CDP_FUNCTION(cdp_rb64_or_combine) {
  return FoldBitmap64(fcinfo, SetOperation::kOr, "rb64_or_combine");
}
CDP_FUNCTION(cdp_rb64_and_combine) {
  return FoldBitmap64(fcinfo, SetOperation::kAnd, "rb64_and_combine");
}
CDP_FUNCTION(cdp_rb64_xor_combine) {
  return FoldBitmap64(fcinfo, SetOperation::kXor, "rb64_xor_combine");
}

// Leaves the state what it is: a window calls it again and again between two steps.
CDP_FUNCTION(cdp_rb64_final) {
  ExpandedBitmap64* expanded = ExpandedBitmap64::From(PG_GETARG_DATUM(0));
  if (expanded != nullptr) {
    PG_RETURN_POINTER(CallCore([expanded] { return NewVarlena(expanded->value().Result()); }));
  }
  const Bytes bytes = BytesOf(PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0)));
  PG_RETURN_POINTER(CallCore([bytes] { return NewBitmap64OfForeign(bytes); }));
}

CDP_FUNCTION(cdp_rb64_cardinality_final) {
  ExpandedBitmap64* expanded = ExpandedBitmap64::From(PG_GETARG_DATUM(0));
  if (expanded != nullptr) {
    PG_RETURN_INT64(
        CallCore([expanded] { return bitmap::Cardinality64(expanded->value().Result()); }));
  }
  const Bytes bytes = Bitmap64Argument(fcinfo, 0);
  PG_RETURN_INT64(CallCore([bytes] { return bitmap::Cardinality64(bytes); }));
}

}  // namespace cdp::pg
