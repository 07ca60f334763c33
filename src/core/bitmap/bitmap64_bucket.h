/// Changes inside one bucket: portable bytes of 32-bit bitmaps in, new ones out.
///
/// Results lie in the given memory, which takes them back as a whole; an empty result is an empty
/// span. Ranges and shifts check all of what they read; set operations and single values stay
/// inside it, and give an error or a wrong result when it is corrupt.
#pragma once

#include <memory_resource>

#include "core/bitmap/bitmap.h"

namespace cdp::bitmap {

using Arena = std::pmr::memory_resource;

/// The bitmap that foreign bytes begin with, in normal form; `size` is how many bytes it had.
Bytes CheckedBucket(Bytes bytes, std::size_t* size, Arena* arena);

Bytes CombineBuckets(SetOperation operation, Bytes a, Bytes b, Arena* arena);

/// Ranges have both ends in them. The bytes may be an empty span, for an empty bitmap.
Bytes FillBucket(Bytes bytes, std::uint32_t first, std::uint32_t last, Arena* arena);
Bytes ClearBucket(Bytes bytes, std::uint32_t first, std::uint32_t last, Arena* arena);
Bytes FlipBucket(Bytes bytes, std::uint32_t first, std::uint32_t last, Arena* arena);

/// Adds the distance to every value; those that leave the 32 bits are dropped.
Bytes ShiftBucket(Bytes bytes, std::int64_t distance, Arena* arena);

Bytes AddToBucket(Bytes bytes, std::uint32_t value, Arena* arena);
Bytes RemoveFromBucket(Bytes bytes, std::uint32_t value, Arena* arena);

/// Containers become runs where that is shorter.
Bytes CompactBucket(Bytes bytes, Arena* arena);

}  // namespace cdp::bitmap
