/// Set operations on two bitmaps in place: only containers that both have are computed, into the
/// bytes of the result; the others are copied.
#pragma once

#include "core/bitmap/bitmap_output.h"

namespace cdp::bitmap {

/// What the result takes at most.
OutputBound BoundCombined(SetOperation operation, const BitmapView& a, const BitmapView& b);

/// Writes the result to `out`, which has `bound.Total()` bytes, and returns its size. Corrupt
/// operands give an error or a wrong result.
std::size_t WriteCombined(SetOperation operation, const BitmapView& a, const BitmapView& b,
                          const OutputBound& bound, std::byte* out);

/// A bitmap of one value.
class SingleValue {
 public:
  explicit SingleValue(std::uint32_t value);
  Bytes bytes() const { return bytes_; }

 private:
  std::byte bytes_[18];
};

}  // namespace cdp::bitmap
