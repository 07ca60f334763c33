#include "core/bitmap/bitmap_bounds.h"

#include <algorithm>
#include <limits>

#include "core/bitmap/bitmap_rank.h"

namespace cdp::bitmap {
namespace {

// How many values are at most `value`.
std::uint64_t CountUpTo(const BitmapView& bitmap, std::uint32_t value) {
  return CountBelow(bitmap, std::uint64_t{value} + 1);
}
std::uint64_t CountUpTo(const Bitmap64Directory& bitmap, std::uint64_t value) {
  return bitmap.CountUpTo(value);
}

std::uint64_t ValueAt(const Bitmap64Directory& bitmap, std::uint64_t rank) {
  return bitmap.ValueAt(rank);
}

// The greatest signed number is the last unsigned one before those that stand for negative ones.
template <class Number, class Lookup>
SignedBounds<Number> Bounds(const Lookup& bitmap) {
  using Value = std::make_unsigned_t<Number>;
  const std::uint64_t all = bitmap.Cardinality();
  const std::uint64_t positive =
      CountUpTo(bitmap, static_cast<Value>(std::numeric_limits<Number>::max()));
  const auto least = ValueAt(bitmap, positive < all ? positive : 0);
  const auto greatest = ValueAt(bitmap, (positive != 0 ? positive : all) - 1);
  return {static_cast<Number>(least), static_cast<Number>(greatest)};
}

template <class Number, class Lookup>
std::uint64_t Between(const Lookup& bitmap, Number least, Number greatest) {
  using Value = std::make_unsigned_t<Number>;
  if (greatest < least) return 0;
  const auto first = static_cast<Value>(least);
  const std::uint64_t before = first == 0 ? 0 : CountUpTo(bitmap, first - 1);
  const std::uint64_t to_end = CountUpTo(bitmap, static_cast<Value>(greatest));
  if (least < 0 && greatest >= 0) return bitmap.Cardinality() - before + to_end;
  return to_end - before;
}

// Of `count` values of the bitmap against `distinct` ones of the column.
double Share(std::uint64_t count, double distinct) {
  return std::min(1.0, static_cast<double>(count) / std::max(distinct, 1.0));
}

template <class Number, class Lookup>
double ShareOfRows(const Lookup& bitmap, const ColumnStats<Number>& column) {
  double share = 0;
  double other_rows = 1 - column.null_share;
  std::uint64_t found = 0;
  for (std::size_t i = 0; i < column.common.size(); ++i) {
    other_rows -= column.common_share[i];
    if (!bitmap.Contains(static_cast<std::make_unsigned_t<Number>>(column.common[i]))) continue;
    share += column.common_share[i];
    ++found;
  }
  other_rows = std::max(other_rows, 0.0);
  const double distinct = column.distinct - static_cast<double>(column.common.size());
  if (column.histogram.size() < 2) {
    return share + other_rows * Share(bitmap.Cardinality() - found, distinct);
  }
  const std::size_t parts = column.histogram.size() - 1;
  double members = 0;
  for (std::size_t i = 0; i < parts; ++i) {
    const Number least = column.histogram[i];
    const Number greatest = column.histogram[i + 1];
    const double width = static_cast<double>(greatest) - static_cast<double>(least) + 1;
    members += Share(CountBetween(bitmap, least, greatest),
                     std::min(width, distinct / static_cast<double>(parts)));
  }
  return share + other_rows * members / static_cast<double>(parts);
}

}  // namespace

SignedBounds<std::int32_t> BoundsOf(const BitmapView& bitmap) {
  return Bounds<std::int32_t>(bitmap);
}
SignedBounds<std::int64_t> BoundsOf(const Bitmap64Directory& bitmap) {
  return Bounds<std::int64_t>(bitmap);
}

std::uint64_t CountBetween(const BitmapView& bitmap, std::int32_t least, std::int32_t greatest) {
  return Between(bitmap, least, greatest);
}
std::uint64_t CountBetween(const Bitmap64Directory& bitmap, std::int64_t least,
                           std::int64_t greatest) {
  return Between(bitmap, least, greatest);
}

double MemberShare(const BitmapView& bitmap, const ColumnStats<std::int32_t>& column) {
  return ShareOfRows(bitmap, column);
}
double MemberShare(const Bitmap64Directory& bitmap, const ColumnStats<std::int64_t>& column) {
  return ShareOfRows(bitmap, column);
}

}  // namespace cdp::bitmap
