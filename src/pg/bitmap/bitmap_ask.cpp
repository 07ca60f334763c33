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
  const Bytes a = BitmapArgument(fcinfo, 0);
  const Bytes b = BitmapArgument(fcinfo, 1);
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

bool Holds(Datum datum, std::int32_t value) {
  const Bytes bytes = BitmapBytes(datum);
  return CallCore([=] { return BitmapView(bytes).Contains(static_cast<std::uint32_t>(value)); });
}

bool AreEqual(FunctionCallInfo fcinfo) { return AskTwo(fcinfo, bitmap::Equal); }

// The least or the greatest value; null of an empty bitmap.
template <class End>
Datum EndOf(FunctionCallInfo fcinfo, End end) {
  struct Answer {
    bool exists;
    std::uint32_t value;
  };
  const Bytes bytes = BitmapArgument(fcinfo, 0);
  const Answer answer = CallCore([=] {
    const BitmapView view(bytes);
    return view.empty() ? Answer{false, 0} : Answer{true, end(view)};
  });
  if (!answer.exists) PG_RETURN_NULL();
  // An int4 Datum is sign-extended; the planner compares whole Datums.
  PG_RETURN_INT32(static_cast<std::int32_t>(answer.value));
}

}  // namespace

CDP_FUNCTION(cdp_rb_cardinality) {
  const Bytes bytes = BitmapArgument(fcinfo, 0);
  PG_RETURN_INT64(CallCore([bytes] { return BitmapView(bytes).Cardinality(); }));
}

CDP_FUNCTION(cdp_rb_is_empty) {
  const Bytes bytes = BitmapArgument(fcinfo, 0);
  PG_RETURN_BOOL(CallCore([bytes] { return BitmapView(bytes).empty(); }));
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

CDP_FUNCTION(cdp_rb_contains_value) {
  PG_RETURN_BOOL(Holds(PG_GETARG_DATUM(0), PG_GETARG_INT32(1)));
}

CDP_FUNCTION(cdp_rb_containedby_value) {
  PG_RETURN_BOOL(Holds(PG_GETARG_DATUM(1), PG_GETARG_INT32(0)));
}

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
