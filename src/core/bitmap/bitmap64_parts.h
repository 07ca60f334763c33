/// Buckets put together from containers.
#pragma once

#include "core/bitmap/bitmap64_bucket.h"
#include "core/bitmap/bitmap_parts.h"

namespace cdp::bitmap {

/// The portable bytes of what the parts hold, in the arena; an empty span when that is nothing.
inline Bytes BucketOf(const BitmapParts& parts, Arena* arena) {
  if (parts.Cardinality() == 0) return {};
  auto* out = static_cast<std::byte*>(arena->allocate(parts.size(), 1));
  parts.Write(out);
  return {out, parts.size()};
}

}  // namespace cdp::bitmap
