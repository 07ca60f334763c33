/// Bitmaps against columns of signed integers, as the planner sees them.
#pragma once

#include "core/bitmap/bitmap_view.h"

namespace cdp::bitmap {

/// The least and the greatest value as signed numbers, which order otherwise than unsigned ones.
struct SignedBounds {
  std::int32_t least;
  std::int32_t greatest;
};
/// Of a bitmap that is not empty.
SignedBounds BoundsOf(const BitmapView& view);

/// How many values lie between two signed numbers, both included.
std::uint64_t CountBetween(const BitmapView& view, std::int32_t least, std::int32_t greatest);

/// What is known of a column: its commonest values with the share of rows that each has, and bounds
/// that cut the other values into parts of as many rows each.
struct ColumnStats {
  std::span<const std::int32_t> common;
  std::span<const float> common_share;
  std::span<const std::int32_t> histogram;
  double null_share;
  double distinct;  ///< different values, those in `common` included
};

/// The share of a column's rows whose value is in the bitmap: exact for common values, else as if a
/// bitmap held values of the column first of all.
double MemberShare(const BitmapView& view, const ColumnStats& column);

}  // namespace cdp::bitmap
