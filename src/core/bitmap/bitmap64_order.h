/// Where values stand in the ascending order of a 64-bit bitmap, read in place: whole buckets and
/// containers are counted by their headers.
#pragma once

#include "core/bitmap/bitmap64_view.h"

namespace cdp::bitmap {

/// A range of values with both ends in it; none when `first` is above `last`.
struct Range64 {
  std::uint64_t first;
  std::uint64_t last;

  bool empty() const { return first > last; }
};
inline constexpr Range64 kNoValues = {1, 0};

/// The range of the SQL functions: from `start` to below `end`, where an `end` of 0 is beyond the
/// greatest value.
Range64 RangeOf(std::uint64_t start, std::uint64_t end);

/// How many values are at most `value`.
std::uint64_t Rank64(Bytes bytes, std::uint64_t value);
/// How many values are smaller, or -1 if `value` is not in the set.
std::int64_t Index64(Bytes bytes, std::uint64_t value);
std::uint64_t RangeCardinality64(Bytes bytes, const Range64& range);

struct Page {
  std::int64_t limit;
  std::int64_t offset;  ///< below 0: 0
  bool reverse;         ///< counted from the greatest
};
/// The range that holds exactly the page of those values that `range` holds.
Range64 PageRange(Bytes bytes, const Range64& range, const Page& page);

}  // namespace cdp::bitmap
