/// Functions of roaringbitmap that make another one, or an array.

#include "core/bitmap/bitmap_set.h"
#include "pg/bitmap/bitmap_datum.h"
#include "pg/bitmap/bitmap_result.h"

namespace cdp::pg {
namespace {

using bitmap::BitmapView;
using bitmap::Bytes;
using bitmap::SetOperation;

Datum Combine(SetOperation operation, Bytes a, Bytes b) {
  return PointerGetDatum(
      CallCore([=] { return NewCombinedBitmap(operation, BitmapView(a), BitmapView(b)); }));
}

Datum CombineArguments(FunctionCallInfo fcinfo, SetOperation operation) {
  const Bytes a = KeptBitmapArgument(fcinfo, 0);
  return Combine(operation, a, KeptBitmapArgument(fcinfo, 1));
}

// With one value added or taken away: nothing but its container is computed.
Datum ChangeValue(SetOperation operation, Bytes bytes, std::int32_t value) {
  const bitmap::SingleValue single(static_cast<std::uint32_t>(value));
  return Combine(operation, bytes, single.bytes());
}

}  // namespace

CDP_FUNCTION(cdp_rb_and) { return CombineArguments(fcinfo, SetOperation::kAnd); }
CDP_FUNCTION(cdp_rb_or) { return CombineArguments(fcinfo, SetOperation::kOr); }
CDP_FUNCTION(cdp_rb_xor) { return CombineArguments(fcinfo, SetOperation::kXor); }
CDP_FUNCTION(cdp_rb_andnot) { return CombineArguments(fcinfo, SetOperation::kAndNot); }

CDP_FUNCTION(cdp_rb_add) {
  return ChangeValue(SetOperation::kOr, KeptBitmapArgument(fcinfo, 0), PG_GETARG_INT32(1));
}
CDP_FUNCTION(cdp_rb_add_to) {
  return ChangeValue(SetOperation::kOr, KeptBitmapArgument(fcinfo, 1), PG_GETARG_INT32(0));
}
CDP_FUNCTION(cdp_rb_remove) {
  return ChangeValue(SetOperation::kAndNot, KeptBitmapArgument(fcinfo, 0), PG_GETARG_INT32(1));
}

CDP_FUNCTION(cdp_rb_build) {
  const auto elements = ElementsOf<std::uint32_t>(PG_GETARG_ARRAYTYPE_P(0));
  PG_RETURN_POINTER(CallCore([elements] {
    ContextResource memory(CurrentMemoryContext);
    std::pmr::vector<std::uint32_t> values(elements.begin(), elements.end(), &memory);
    return NewBitmapOfUnsorted(values);
  }));
}

CDP_FUNCTION(cdp_rb_to_array) {
  const bitmap::Bytes bytes = BitmapArgument(fcinfo, 0);
  PG_RETURN_POINTER(CallCore([bytes] { return NewArrayOfBitmap(bytes); }));
}

}  // namespace cdp::pg
