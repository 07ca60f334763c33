/// Changes inside one bucket: portable bytes of 32-bit bitmaps in, new ones out.
///
/// Results lie in the given arena; an empty result is an empty span. Nothing is read outside the
/// bytes; of corrupt ones comes an error or a wrong result.
#pragma once

#include <memory_resource>

#include "core/bitmap/bitmap.h"

namespace cdp::bitmap {

/// Takes results back as a whole. What is needed on the way comes from, and goes back to, the
/// resource behind it.
using Arena = std::pmr::monotonic_buffer_resource;

/// A bitmap without values.
Bytes EmptyBitmap();

/// The bitmap that foreign bytes begin with, in normal form; `size` is how many bytes it had. It
/// lies in them where it was in normal form already.
Bytes CheckedBucket(Bytes bytes, std::size_t* size, Arena* arena);

Bytes CombineBuckets(SetOperation operation, Bytes a, Bytes b, Arena* arena);

/// Ranges have both ends in them. The bytes may be an empty span, for an empty bitmap.
Bytes FillBucket(Bytes bytes, std::uint32_t first, std::uint32_t last, Arena* arena);
Bytes ClearBucket(Bytes bytes, std::uint32_t first, std::uint32_t last, Arena* arena);
Bytes FlipBucket(Bytes bytes, std::uint32_t first, std::uint32_t last, Arena* arena);
Bytes RestrictBucket(Bytes bytes, std::uint32_t first, std::uint32_t last, Arena* arena);

/// Adds the distance to every value; those that leave the 32 bits are dropped.
Bytes ShiftBucket(Bytes bytes, std::int64_t distance, Arena* arena);

Bytes AddToBucket(Bytes bytes, std::uint32_t value, Arena* arena);
Bytes RemoveFromBucket(Bytes bytes, std::uint32_t value, Arena* arena);

/// Containers become runs where that is shorter.
Bytes CompactBucket(Bytes bytes, Arena* arena);

}  // namespace cdp::bitmap
