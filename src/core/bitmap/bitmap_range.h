/// What happens to a bitmap between two values, container by container.
#pragma once

#include "core/bitmap/bitmap_parts.h"

namespace cdp::bitmap {

/// From `start` up to, not including, `end`; both between 0 and 2^32.
struct ValueRange {
  std::uint64_t start;
  std::uint64_t end;
  bool empty() const { return start >= end; }
};

/// The part of a range that values can lie in.
ValueRange Clamped(std::int64_t start, std::int64_t end);

/// The bitmap with all values of the range, with none of them, and with those it had not.
void Fill(const BitmapView& view, ValueRange range, BitmapParts* result);
void Clear(const BitmapView& view, ValueRange range, BitmapParts* result);
void Flip(const BitmapView& view, ValueRange range, BitmapParts* result);
/// Its values inside the range.
void Restrict(const BitmapView& view, ValueRange range, BitmapParts* result);

/// How many there are.
std::uint64_t Cardinality(const BitmapView& view, ValueRange range);

/// The range that holds exactly the values of a page: of those in `range`, skips `offset` and takes
/// `limit`, counted from the greatest when `from_greatest`. Less than nothing counts as nothing.
ValueRange Page(const BitmapView& view, ValueRange range, std::int64_t limit, std::int64_t offset,
                bool from_greatest);

}  // namespace cdp::bitmap
