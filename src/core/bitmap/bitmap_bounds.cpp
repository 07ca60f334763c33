#include "core/bitmap/bitmap_bounds.h"

#include <algorithm>

#include "core/bitmap/bitmap_rank.h"

namespace cdp::bitmap {
namespace {

constexpr std::uint64_t kFirstNegative = 0x80000000;

// Of `count` values of the bitmap against `distinct` ones of the column.
double Share(std::uint64_t count, double distinct) {
  return std::min(1.0, static_cast<double>(count) / std::max(distinct, 1.0));
}

}  // namespace

SignedBounds BoundsOf(const BitmapView& view) {
  const std::uint64_t positive = CountBelow(view, kFirstNegative);
  const bool has_negative = positive < view.Cardinality();
  const std::uint32_t least = has_negative ? ValueAt(view, positive) : view.Min();
  const std::uint32_t greatest = positive != 0 ? ValueAt(view, positive - 1) : view.Max();
  return {static_cast<std::int32_t>(least), static_cast<std::int32_t>(greatest)};
}

std::uint64_t CountBetween(const BitmapView& view, std::int32_t least, std::int32_t greatest) {
  const auto below = [&view](std::uint64_t value) { return CountBelow(view, value); };
  if (greatest < least) return 0;
  const std::uint64_t first = static_cast<std::uint32_t>(least);
  const std::uint64_t end = std::uint64_t{static_cast<std::uint32_t>(greatest)} + 1;
  if (least < 0 && greatest >= 0) return view.Cardinality() - below(first) + below(end);
  return below(end) - below(first);
}

double MemberShare(const BitmapView& view, const ColumnStats& column) {
  double share = 0;
  double other_rows = 1 - column.null_share;
  std::uint64_t found = 0;
  for (std::size_t i = 0; i < column.common.size(); ++i) {
    other_rows -= column.common_share[i];
    if (!view.Contains(static_cast<std::uint32_t>(column.common[i]))) continue;
    share += column.common_share[i];
    ++found;
  }
  other_rows = std::max(other_rows, 0.0);
  const double distinct = column.distinct - static_cast<double>(column.common.size());
  if (column.histogram.size() < 2) {
    return share + other_rows * Share(view.Cardinality() - found, distinct);
  }
  const std::size_t parts = column.histogram.size() - 1;
  double members = 0;
  for (std::size_t i = 0; i < parts; ++i) {
    const std::int32_t least = column.histogram[i];
    const std::int32_t greatest = column.histogram[i + 1];
    const double width = static_cast<double>(greatest) - static_cast<double>(least) + 1;
    members += Share(CountBetween(view, least, greatest),
                     std::min(width, distinct / static_cast<double>(parts)));
  }
  return share + other_rows * members / static_cast<double>(parts);
}

}  // namespace cdp::bitmap
