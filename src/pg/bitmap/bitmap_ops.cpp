/// Functions of roaringbitmap that make another one, or an array.

#include "pg/bitmap/bitmap_datum.h"

namespace cdp::pg {
namespace {

using bitmap::Bitmap;
using bitmap::SetOperation;

Datum Combine(FunctionCallInfo fcinfo, SetOperation operation) {
  const bitmap::Bytes a = BitmapArgument(fcinfo, 0);
  const bitmap::Bytes b = BitmapArgument(fcinfo, 1);
  return PointerGetDatum(CallCore([=] {
    Bitmap result = Bitmap::FromPortable(a);
    result.Apply(operation, Bitmap::FromPortable(b));
    return NewBitmap(result);
  }));
}

Datum AddValue(Datum to, std::int32_t value) {
  const bitmap::Bytes bytes = BitmapBytes(to);
  return PointerGetDatum(CallCore([=] {
    Bitmap result = Bitmap::FromPortable(bytes);
    result.Add(static_cast<std::uint32_t>(value));
    return NewBitmap(result);
  }));
}

}  // namespace

CDP_FUNCTION(cdp_rb_and) { return Combine(fcinfo, SetOperation::kAnd); }
CDP_FUNCTION(cdp_rb_or) { return Combine(fcinfo, SetOperation::kOr); }
CDP_FUNCTION(cdp_rb_xor) { return Combine(fcinfo, SetOperation::kXor); }
CDP_FUNCTION(cdp_rb_andnot) { return Combine(fcinfo, SetOperation::kAndNot); }

CDP_FUNCTION(cdp_rb_add) { return AddValue(PG_GETARG_DATUM(0), PG_GETARG_INT32(1)); }
CDP_FUNCTION(cdp_rb_add_to) { return AddValue(PG_GETARG_DATUM(1), PG_GETARG_INT32(0)); }

CDP_FUNCTION(cdp_rb_remove) {
  const bitmap::Bytes bytes = BitmapArgument(fcinfo, 0);
  const auto value = static_cast<std::uint32_t>(PG_GETARG_INT32(1));
  PG_RETURN_POINTER(CallCore([=] {
    Bitmap result = Bitmap::FromPortable(bytes);
    result.Remove(value);
    return NewBitmap(result);
  }));
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
