/// The values that two containers share.
#pragma once

#include "core/bitmap/bitmap_view.h"

namespace cdp::bitmap {

/// How many there are.
std::uint32_t AndCardinality(const Container& a, const Container& b);
/// Whether there is one.
bool Intersects(const Container& a, const Container& b);

}  // namespace cdp::bitmap
