/// Ranges, positions and shifts of roaringbitmap.

#include "core/bitmap/bitmap_range.h"

#include <limits>

#include "core/bitmap/bitmap_rank.h"
#include "core/bitmap/bitmap_shift.h"
#include "pg/bitmap/bitmap_datum.h"

namespace cdp::pg {
namespace {

using bitmap::BitmapParts;
using bitmap::BitmapView;
using bitmap::ValueRange;

// The range in arguments `n` and the next.
ValueRange RangeArgument(FunctionCallInfo fcinfo, int n) {
  return bitmap::Clamped(PG_GETARG_INT64(n), PG_GETARG_INT64(n + 1));
}

using RangeChange = void(const BitmapView&, ValueRange, BitmapParts*);

Datum ChangeRange(FunctionCallInfo fcinfo, RangeChange* change) {
  const ValueRange range = RangeArgument(fcinfo, 1);
  return BuildFromView(
      fcinfo, [=](const BitmapView& view, BitmapParts* parts) { change(view, range, parts); });
}

Datum ShiftBy(FunctionCallInfo fcinfo, std::int64_t distance) {
  return BuildFromView(fcinfo, [distance](const BitmapView& view, BitmapParts* parts) {
    bitmap::Shift(view, distance, parts);
  });
}

}  // namespace

CDP_FUNCTION(cdp_rb_fill) { return ChangeRange(fcinfo, bitmap::Fill); }
CDP_FUNCTION(cdp_rb_clear) { return ChangeRange(fcinfo, bitmap::Clear); }
CDP_FUNCTION(cdp_rb_flip) { return ChangeRange(fcinfo, bitmap::Flip); }
CDP_FUNCTION(cdp_rb_range) { return ChangeRange(fcinfo, bitmap::Restrict); }

CDP_FUNCTION(cdp_rb_range_cardinality) {
  const ValueRange range = RangeArgument(fcinfo, 1);
  PG_RETURN_INT64(AskBitmap(fcinfo, 0, Need::kPieces, [range](const BitmapView& view) {
    return bitmap::Cardinality(view, range);
  }));
}

CDP_FUNCTION(cdp_rb_select) {
  const std::int64_t limit = PG_GETARG_INT64(1);
  const std::int64_t offset = PG_GETARG_INT64(2);
  const bool from_greatest = PG_GETARG_BOOL(3);
  const ValueRange range = RangeArgument(fcinfo, 4);
  const auto page = [=](const BitmapView& view, BitmapParts* parts) {
    bitmap::Restrict(view, bitmap::Page(view, range, limit, offset, from_greatest), parts);
  };
  // A page of many values takes most of the bitmap.
  constexpr std::int64_t kSmallPage = 10000;
  return BuildFromView(fcinfo, page, limit <= kSmallPage ? Need::kPieces : Need::kWhole);
}

CDP_FUNCTION(cdp_rb_rank) {
  const std::uint64_t value = PG_GETARG_UINT32(1);
  PG_RETURN_INT64(AskBitmap(fcinfo, 0, Need::kPieces, [value](const BitmapView& view) {
    return bitmap::CountBelow(view, value + 1);
  }));
}

CDP_FUNCTION(cdp_rb_index) {
  const std::uint32_t value = PG_GETARG_UINT32(1);
  PG_RETURN_INT64(
      AskBitmap(fcinfo, 0, Need::kPieces, [value](const BitmapView& view) -> std::int64_t {
        if (!view.Contains(value)) return -1;
        return static_cast<std::int64_t>(bitmap::CountBelow(view, value));
      }));
}

CDP_FUNCTION(cdp_rb_shiftright) { return ShiftBy(fcinfo, PG_GETARG_INT64(1)); }

CDP_FUNCTION(cdp_rb_shiftleft) {
  const std::int64_t distance = PG_GETARG_INT64(1);
  if (distance == std::numeric_limits<std::int64_t>::min()) {
    ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("bigint out of range")));
  }
  return ShiftBy(fcinfo, -distance);
}

CDP_FUNCTION(cdp_rb_runoptimize) { return BuildFromView(fcinfo, bitmap::RunOptimize); }

}  // namespace cdp::pg
