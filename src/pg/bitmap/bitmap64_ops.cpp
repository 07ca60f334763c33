/// Functions of roaringbitmap64 that make another one, or an array.

#include "core/bitmap/bitmap64_range.h"
#include "core/bitmap/bitmap64_set.h"
#include "pg/bitmap/bitmap64_datum.h"

namespace cdp::pg {
namespace {

using bitmap::BucketList;
using bitmap::Bytes;
using bitmap::Range64;
using bitmap::SetOperation;

// Makes the bitmap that `append(list)` appends.
template <class Append>
Datum MakeOf(Append append) {
  return PointerGetDatum(CallCore([&append] { return NewBitmap64(append); }));
}

// Makes the bitmap that `append(bytes, list)` appends, of the bitmap in argument `n`.
template <class Append>
Datum Make(FunctionCallInfo fcinfo, int n, Append append) {
  const Bytes bytes = Bitmap64Argument(fcinfo, n);
  return MakeOf([=](BucketList* list) { append(bytes, list); });
}

Datum Combine(FunctionCallInfo fcinfo, SetOperation operation) {
  const Bytes a = KeptBitmap64Argument(fcinfo, 0);
  const Bytes b = KeptBitmap64Argument(fcinfo, 1);
  return MakeOf([=](BucketList* list) { bitmap::AppendCombined(operation, a, b, list); });
}

// Changes the bitmap in argument 0 by the value in argument `n`, or the other way round.
Datum ChangeValue(FunctionCallInfo fcinfo, int n,
                  void (*append)(Bytes, std::uint64_t, BucketList*)) {
  const auto value = static_cast<std::uint64_t>(PG_GETARG_INT64(n));
  const Bytes bytes = KeptBitmap64Argument(fcinfo, 1 - n);
  return MakeOf([=](BucketList* list) { append(bytes, value, list); });
}

Range64 RangeArguments(FunctionCallInfo fcinfo, int n) {
  return bitmap::RangeOf(static_cast<std::uint64_t>(PG_GETARG_INT64(n)),
                         static_cast<std::uint64_t>(PG_GETARG_INT64(n + 1)));
}

Datum ChangeRange(FunctionCallInfo fcinfo, void (*append)(Bytes, const Range64&, BucketList*)) {
  const Range64 range = RangeArguments(fcinfo, 1);
  return Make(fcinfo, 0, [=](Bytes bytes, BucketList* list) { append(bytes, range, list); });
}

varlena* NewArrayOfBitmap64(Bytes bytes) {
  const std::uint64_t count = bitmap::Cardinality64(bytes);
  ArrayType* array = NewArray(INT8OID, sizeof(std::int64_t), count, "Use rb64_iterate instead.");
  if (count > 0) bitmap::Decode64(bytes, reinterpret_cast<std::uint64_t*>(ARR_DATA_PTR(array)));
  return reinterpret_cast<varlena*>(array);
}

}  // namespace

CDP_FUNCTION(cdp_rb64_and) { return Combine(fcinfo, SetOperation::kAnd); }
CDP_FUNCTION(cdp_rb64_or) { return Combine(fcinfo, SetOperation::kOr); }
CDP_FUNCTION(cdp_rb64_xor) { return Combine(fcinfo, SetOperation::kXor); }
CDP_FUNCTION(cdp_rb64_andnot) { return Combine(fcinfo, SetOperation::kAndNot); }

CDP_FUNCTION(cdp_rb64_add) { return ChangeValue(fcinfo, 1, bitmap::AppendWith); }
CDP_FUNCTION(cdp_rb64_add_to) { return ChangeValue(fcinfo, 0, bitmap::AppendWith); }
CDP_FUNCTION(cdp_rb64_remove) { return ChangeValue(fcinfo, 1, bitmap::AppendWithout); }

CDP_FUNCTION(cdp_rb64_fill) { return ChangeRange(fcinfo, bitmap::AppendFilled); }
CDP_FUNCTION(cdp_rb64_clear) { return ChangeRange(fcinfo, bitmap::AppendCleared); }
CDP_FUNCTION(cdp_rb64_flip) { return ChangeRange(fcinfo, bitmap::AppendFlipped); }
CDP_FUNCTION(cdp_rb64_range) { return ChangeRange(fcinfo, bitmap::AppendRange); }

CDP_FUNCTION(cdp_rb64_select) {
  const bitmap::Page page = {PG_GETARG_INT64(1), PG_GETARG_INT64(2), PG_GETARG_BOOL(3)};
  const Range64 range = RangeArguments(fcinfo, 4);
  return Make(fcinfo, 0, [=](Bytes bytes, BucketList* list) {
    bitmap::AppendRange(bytes, bitmap::PageRange(bytes, range, page), list);
  });
}

CDP_FUNCTION(cdp_rb64_shiftright) {
  const std::int64_t distance = PG_GETARG_INT64(1);
  return Make(fcinfo, 0,
              [=](Bytes bytes, BucketList* list) { bitmap::AppendShifted(bytes, distance, list); });
}

CDP_FUNCTION(cdp_rb64_shiftleft) {
  const std::int64_t distance = PG_GETARG_INT64(1);
  if (distance == PG_INT64_MIN) {
    ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("bigint out of range")));
  }
  return Make(fcinfo, 0, [=](Bytes bytes, BucketList* list) {
    bitmap::AppendShifted(bytes, -distance, list);
  });
}

CDP_FUNCTION(cdp_rb64_runoptimize) { return Make(fcinfo, 0, bitmap::AppendCompacted); }

CDP_FUNCTION(cdp_rb64_build) {
  const auto elements = ElementsOf<std::uint64_t>(PG_GETARG_ARRAYTYPE_P(0));
  PG_RETURN_POINTER(CallCore([elements] {
    ContextResource memory(CurrentMemoryContext);
    std::pmr::vector<std::uint64_t> values(elements.begin(), elements.end(), &memory);
    return NewBitmap64OfUnsorted(values);
  }));
}

CDP_FUNCTION(cdp_rb64_to_array) {
  const Bytes bytes = Bitmap64Argument(fcinfo, 0);
  PG_RETURN_POINTER(CallCore([bytes] { return NewArrayOfBitmap64(bytes); }));
}

}  // namespace cdp::pg
