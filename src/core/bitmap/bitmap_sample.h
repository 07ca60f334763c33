/// A part of a bitmap's values, drawn by lot.
#pragma once

#include <memory_resource>

#include "core/bitmap/bitmap64_writer.h"
#include "core/bitmap/bitmap_parts.h"

namespace cdp::bitmap {

/// `count` of the values, or all when there are not more; every such choice is equally likely. The
/// same values, count and seed give the same choice on every machine.
void Sample(const BitmapView& view, std::uint64_t count, std::uint64_t seed, BitmapParts* result,
            std::pmr::memory_resource* memory);
/// The same of a 64-bit bitmap: of values that a 32-bit one could hold, the same choice.
void AppendSample(Bytes bytes, std::uint64_t count, std::uint64_t seed, BucketList* out);

}  // namespace cdp::bitmap
