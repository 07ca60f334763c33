/// Loops over the words of bitset containers, in the best form the processor has.
#pragma once

#include <cstdint>

#include "core/bitmap/format.h"

namespace cdp::bitmap {

/// Bits set in both of two bitset containers. The words may lie at any address.
std::uint32_t CountCommonBits(const std::byte* a, const std::byte* b);

}  // namespace cdp::bitmap
