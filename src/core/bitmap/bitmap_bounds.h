/// Bitmaps against columns of signed integers, as the planner sees them.
#pragma once

#include <span>

#include "core/bitmap/bitmap64_directory.h"

namespace cdp::bitmap {

/// The least and the greatest value as signed numbers, which order otherwise than unsigned ones.
template <class Number>
struct SignedBounds {
  Number least;
  Number greatest;
};
/// Of a bitmap that is not empty.
SignedBounds<std::int32_t> BoundsOf(const BitmapView& bitmap);
SignedBounds<std::int64_t> BoundsOf(const Bitmap64Directory& bitmap);

/// How many values lie between two signed numbers, both included.
std::uint64_t CountBetween(const BitmapView& bitmap, std::int32_t least, std::int32_t greatest);
std::uint64_t CountBetween(const Bitmap64Directory& bitmap, std::int64_t least,
                           std::int64_t greatest);

/// What is known of a column: its commonest values with the share of rows that each has, and bounds
/// that cut the other values into parts of as many rows each.
template <class Number>
struct ColumnStats {
  std::span<const Number> common;
  std::span<const float> common_share;
  std::span<const Number> histogram;
  double null_share;
  double distinct;  ///< different values, those in `common` included
};

/// The share of a column's rows whose value is in the bitmap: exact for common values, else as if a
/// bitmap held values of the column first of all.
double MemberShare(const BitmapView& bitmap, const ColumnStats<std::int32_t>& column);
double MemberShare(const Bitmap64Directory& bitmap, const ColumnStats<std::int64_t>& column);

}  // namespace cdp::bitmap
