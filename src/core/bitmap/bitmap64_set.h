/// Two 64-bit bitmaps, bucket by bucket on their bytes: buckets that only one of them has are taken
/// or counted as they are.
#pragma once

#include "core/bitmap/bitmap64_writer.h"

namespace cdp::bitmap {

void AppendCombined(SetOperation operation, Bytes a, Bytes b, BucketList* out);

/// How many values both hold.
std::uint64_t AndCardinality64(Bytes a, Bytes b);
bool Intersects64(Bytes a, Bytes b);
/// Whether `whole` holds every value of `part`.
bool IncludesAll64(Bytes whole, Bytes part);
/// By content.
bool Equal64(Bytes a, Bytes b);

}  // namespace cdp::bitmap
