/// The loops that most of the time goes into, in the best form the processor has. They read
/// containers at any address and stay inside them, whatever they hold.
#pragma once

#include <cstdint>

#include "core/bitmap/format.h"

namespace cdp::bitmap {

/// Bits set in both of two bitset containers.
std::uint32_t CountCommonBits(const std::byte* a, const std::byte* b);

/// Values in both of two ascending arrays of 16-bit values.
std::uint32_t CountCommonValues(const std::byte* a, std::uint32_t a_count, const std::byte* b,
                                std::uint32_t b_count);

/// Whether there is one; ends at it.
bool HaveCommonValue(const std::byte* a, std::uint32_t a_count, const std::byte* b,
                     std::uint32_t b_count);

}  // namespace cdp::bitmap
