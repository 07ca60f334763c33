/// Functions of roaringbitmap that answer by a number or by yes and no, all read in place.

#include "core/bitmap/bitmap_compare.h"
#include "pg/bitmap/bitmap_datum.h"

namespace cdp::pg {
namespace {

using bitmap::BitmapView;
using bitmap::Bytes;

// Calls `answer` with views of the two arguments.
template <class Answer>
auto AskTwo(FunctionCallInfo fcinfo, Answer answer) {
  const Bytes a = KeptBitmapArgument(fcinfo, 0);
  const Bytes b = KeptBitmapArgument(fcinfo, 1);
  return CallCore([=] { return answer(BitmapView(a), BitmapView(b)); });
}

// The sizes of two bitmaps and of what they share; every other count follows. A corrupt value can
// make them contradict each other, hence signed.
struct Counts {
  std::int64_t a, b, both;
};

Counts Count(FunctionCallInfo fcinfo) {
  return AskTwo(fcinfo, [](const BitmapView& a, const BitmapView& b) {
    return Counts{static_cast<std::int64_t>(a.Cardinality()),
                  static_cast<std::int64_t>(b.Cardinality()),
                  static_cast<std::int64_t>(bitmap::AndCardinality(a, b))};
  });
}

// Whether the bitmap in argument `n` has the value in the other argument.
bool Holds(FunctionCallInfo fcinfo, int n) {
  const std::uint32_t value = PG_GETARG_UINT32(1 - n);
  return AskBitmap(fcinfo, n, Need::kPieces,
                   [value](const BitmapView& view) { return view.Contains(value); });
}

bool AreEqual(FunctionCallInfo fcinfo) { return AskTwo(fcinfo, bitmap::Equal); }

// The least or the greatest value; null of an empty bitmap.
template <class End>
Datum EndOf(FunctionCallInfo fcinfo, End end) {
  struct Answer {
    bool exists;
    std::uint32_t value;
  };
  const Answer answer = AskBitmapOnce(fcinfo, 0, [end](const BitmapView& view) {
    return view.empty() ? Answer{false, 0} : Answer{true, end(view)};
  });
  if (!answer.exists) PG_RETURN_NULL();
  // An int4 Datum is sign-extended; the planner compares whole Datums.
  PG_RETURN_INT32(static_cast<std::int32_t>(answer.value));
}

}  // namespace

CDP_FUNCTION(cdp_rb_cardinality) {
  PG_RETURN_INT64(AskBitmap(fcinfo, 0, Need::kFront,
                            [](const BitmapView& view) { return view.Cardinality(); }));
}

CDP_FUNCTION(cdp_rb_is_empty) {
  StoredValue stored;
  const auto* value = reinterpret_cast<const varlena*>(PG_GETARG_POINTER(0));
  // The pointer to it says that it has more bytes than an empty one.
  if (DescribeStored(value, &stored) && stored.size > bitmap::kEmptyBytes) PG_RETURN_BOOL(false);
  PG_RETURN_BOOL(
      AskBitmap(fcinfo, 0, Need::kFront, [](const BitmapView& view) { return view.empty(); }));
}

CDP_FUNCTION(cdp_rb_and_cardinality) { PG_RETURN_INT64(Count(fcinfo).both); }

CDP_FUNCTION(cdp_rb_or_cardinality) {
  const Counts counts = Count(fcinfo);
  PG_RETURN_INT64(counts.a + counts.b - counts.both);
}

CDP_FUNCTION(cdp_rb_xor_cardinality) {
  const Counts counts = Count(fcinfo);
  PG_RETURN_INT64(counts.a + counts.b - 2 * counts.both);
}

CDP_FUNCTION(cdp_rb_andnot_cardinality) {
  const Counts counts = Count(fcinfo);
  PG_RETURN_INT64(counts.a - counts.both);
}

CDP_FUNCTION(cdp_rb_contains_value) { PG_RETURN_BOOL(Holds(fcinfo, 0)); }
CDP_FUNCTION(cdp_rb_containedby_value) { PG_RETURN_BOOL(Holds(fcinfo, 1)); }

CDP_FUNCTION(cdp_rb_contains) { PG_RETURN_BOOL(AskTwo(fcinfo, bitmap::IncludesAll)); }

CDP_FUNCTION(cdp_rb_containedby) {
  PG_RETURN_BOOL(AskTwo(
      fcinfo, [](const BitmapView& a, const BitmapView& b) { return bitmap::IncludesAll(b, a); }));
}

CDP_FUNCTION(cdp_rb_intersect) {
  PG_RETURN_BOOL(AskTwo(
      fcinfo, [](const BitmapView& a, const BitmapView& b) { return bitmap::Intersects(a, b); }));
}

CDP_FUNCTION(cdp_rb_equals) { PG_RETURN_BOOL(AreEqual(fcinfo)); }
CDP_FUNCTION(cdp_rb_not_equals) { PG_RETURN_BOOL(!AreEqual(fcinfo)); }

CDP_FUNCTION(cdp_rb_min) {
  return EndOf(fcinfo, [](const BitmapView& view) { return view.Min(); });
}

CDP_FUNCTION(cdp_rb_max) {
  return EndOf(fcinfo, [](const BitmapView& view) { return view.Max(); });
}

}  // namespace cdp::pg
