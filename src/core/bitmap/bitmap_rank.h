/// Positions in the ascending order of a bitmap's values, found in place.
#pragma once

#include <optional>

#include "core/bitmap/bitmap_view.h"

namespace cdp::bitmap {

/// How many values are smaller; `value` may be 2^32, below which all are.
std::uint64_t CountBelow(const BitmapView& view, std::uint64_t value);

/// The value with this many smaller ones; `rank` must be below the cardinality.
std::uint32_t ValueAt(const BitmapView& view, std::uint64_t rank);

/// The smallest value that is not below `value`.
std::optional<std::uint32_t> FirstFrom(const BitmapView& view, std::uint32_t value);

}  // namespace cdp::bitmap
