/// What many 64-bit bitmaps have together, bucket by bucket and without results in between.
#pragma once

#include <memory_resource>
#include <span>

#include "core/bitmap/bitmap64_writer.h"

namespace cdp::bitmap {

/// The values in every bitmap. The smallest decides which buckets are looked at, and the work ends
/// with the first bitmap that has no more. There must be one.
void AppendAndMany(std::span<const Bytes> bitmaps, BucketList* out);
std::uint64_t AndManyCardinality64(std::span<const Bytes> bitmaps,
                                   std::pmr::memory_resource* memory);

/// The values in any bitmap.
void AppendOrMany(std::span<const Bytes> bitmaps, BucketList* out);
std::uint64_t OrManyCardinality64(std::span<const Bytes> bitmaps,
                                  std::pmr::memory_resource* memory);

}  // namespace cdp::bitmap
