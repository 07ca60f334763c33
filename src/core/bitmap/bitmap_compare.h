/// Questions about two bitmaps, answered in place: nothing is decoded, copied or allocated.
#pragma once

#include "core/bitmap/bitmap_view.h"

namespace cdp::bitmap {

/// How many values both hold.
std::uint64_t AndCardinality(const BitmapView& a, const BitmapView& b);
/// Whether they share a value; stops at the first.
bool Intersects(const BitmapView& a, const BitmapView& b);
/// Whether `whole` holds every value of `part`.
bool IncludesAll(const BitmapView& whole, const BitmapView& part);
/// By content: containers of different kinds may hold the same values.
bool Equal(const BitmapView& a, const BitmapView& b);

}  // namespace cdp::bitmap
