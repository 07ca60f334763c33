/// Order and hash of bitmaps: of their values alone, whatever the containers are.
#pragma once

#include "core/bitmap/bitmap_view.h"

namespace cdp::bitmap {

/// Compares the ascending values as words of a dictionary: the first difference decides, a
/// beginning comes before the whole. Negative, zero or positive.
int Compare(const BitmapView& a, const BitmapView& b);

/// Equal sets have equal hashes, on every machine.
std::uint64_t Hash(const BitmapView& view, std::uint64_t seed);

}  // namespace cdp::bitmap
