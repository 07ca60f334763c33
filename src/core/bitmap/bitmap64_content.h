/// Order and hash of 64-bit bitmaps: of their values alone, whatever the containers are.
#pragma once

#include "core/bitmap/bitmap64_view.h"

namespace cdp::bitmap {

/// Compares the ascending values as words of a dictionary, as Compare() of 32-bit ones does.
int Compare64(Bytes a, Bytes b);

/// Equal sets have equal hashes, on every machine.
std::uint64_t Hash64(Bytes bytes, std::uint64_t seed);

}  // namespace cdp::bitmap
