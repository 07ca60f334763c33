/// Bitmaps made anew from another: every value moved, or every container stored its best way.
#pragma once

#include "core/bitmap/bitmap_parts.h"

namespace cdp::bitmap {

/// Adds `distance` to every value; what leaves the range of values is dropped.
void Shift(const BitmapView& view, std::int64_t distance, BitmapParts* result);

/// The same values, with runs wherever they are smaller.
void RunOptimize(const BitmapView& view, BitmapParts* result);

}  // namespace cdp::bitmap
