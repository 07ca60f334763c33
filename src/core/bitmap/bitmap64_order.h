/// Where values stand in the ascending order of a 64-bit bitmap, read in place: whole buckets and
/// containers are counted by their headers.
#pragma once

#include <algorithm>

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
std::uint64_t Rank64(const BitmapSource& source, std::uint64_t value);

/// These of a source of any kind or of a Bitmap64Directory.
/// How many values are smaller, or -1 if `value` is not in the set.
template <class Bitmap>
std::int64_t Index64(const Bitmap& bitmap, std::uint64_t value) {
  if (!Contains64(bitmap, value)) return -1;
  return static_cast<std::int64_t>(Rank64(bitmap, value)) - 1;
}
template <class Bitmap>
std::uint64_t RangeCardinality64(const Bitmap& bitmap, const Range64& range) {
  if (range.empty()) return 0;
  const std::uint64_t below = range.first == 0 ? 0 : Rank64(bitmap, range.first - 1);
  const std::uint64_t to_end = Rank64(bitmap, range.last);
  return to_end - std::min(below, to_end);  // damaged bytes may count backwards
}

struct Page {
  std::int64_t limit;
  std::int64_t offset;  ///< below 0: 0
  bool reverse;         ///< counted from the greatest
};
/// The range that holds exactly the page of those values that `range` holds.
Range64 PageRange(Bytes bytes, const Range64& range, const Page& page);

}  // namespace cdp::bitmap
