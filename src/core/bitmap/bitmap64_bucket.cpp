#include "core/bitmap/bitmap64_bucket.h"

#include "core/bitmap/bitmap64_parts.h"
#include "core/bitmap/bitmap_range.h"
#include "core/bitmap/bitmap_set.h"
#include "core/bitmap/bitmap_shift.h"
#include "core/bitmap/normal_form.h"

namespace cdp::bitmap {
namespace {

ValueRange RangeOf(std::uint32_t first, std::uint32_t last) {
  return {first, std::uint64_t{last} + 1};
}

// What `build(view, parts)` makes of the bytes, which may be an empty span.
template <class Build>
Bytes Built(Bytes bytes, Arena* arena, Build build) {
  BitmapParts parts(arena->upstream_resource());
  build(BitmapView(bytes.empty() ? EmptyBitmap() : bytes), &parts);
  return BucketOf(parts, arena);
}

}  // namespace

Bytes EmptyBitmap() {
  static constexpr std::byte kEmpty[8] = {std::byte{0x3a}, std::byte{0x30}};
  return kEmpty;
}

Bytes CheckedBucket(Bytes bytes, std::size_t* size, Arena* arena) {
  if (BeginsInNormalForm(bytes, size)) {
    return BitmapView(bytes).empty() ? Bytes() : bytes.first(*size);
  }
  BitmapParts parts(arena->upstream_resource());
  KeepChecked(bytes, size, &parts);
  return BucketOf(parts, arena);
}

Bytes CombineBuckets(SetOperation operation, Bytes a, Bytes b, Arena* arena) {
  const BitmapView left(a);
  const BitmapView right(b);
  const OutputBound bound = BoundCombined(operation, left, right);
  auto* out = static_cast<std::byte*>(arena->allocate(bound.Total(), 1));
  const Bytes result = {out, WriteCombined(operation, left, right, bound, out)};
  return BitmapView(result).empty() ? Bytes() : result;
}

Bytes FillBucket(Bytes bytes, std::uint32_t first, std::uint32_t last, Arena* arena) {
  return Built(bytes, arena, [=](const BitmapView& view, BitmapParts* parts) {
    Fill(view, RangeOf(first, last), parts);
  });
}

Bytes ClearBucket(Bytes bytes, std::uint32_t first, std::uint32_t last, Arena* arena) {
  return Built(bytes, arena, [=](const BitmapView& view, BitmapParts* parts) {
    Clear(view, RangeOf(first, last), parts);
  });
}

Bytes FlipBucket(Bytes bytes, std::uint32_t first, std::uint32_t last, Arena* arena) {
  return Built(bytes, arena, [=](const BitmapView& view, BitmapParts* parts) {
    Flip(view, RangeOf(first, last), parts);
  });
}

Bytes RestrictBucket(Bytes bytes, std::uint32_t first, std::uint32_t last, Arena* arena) {
  return Built(bytes, arena, [=](const BitmapView& view, BitmapParts* parts) {
    Restrict(view, RangeOf(first, last), parts);
  });
}

Bytes ShiftBucket(Bytes bytes, std::int64_t distance, Arena* arena) {
  return Built(bytes, arena, [distance](const BitmapView& view, BitmapParts* parts) {
    Shift(view, distance, parts);
  });
}

Bytes AddToBucket(Bytes bytes, std::uint32_t value, Arena* arena) {
  const SingleValue single(value);
  return CombineBuckets(SetOperation::kOr, bytes.empty() ? single.bytes() : bytes, single.bytes(),
                        arena);
}

Bytes RemoveFromBucket(Bytes bytes, std::uint32_t value, Arena* arena) {
  return CombineBuckets(SetOperation::kAndNot, bytes, SingleValue(value).bytes(), arena);
}

Bytes CompactBucket(Bytes bytes, Arena* arena) { return Built(bytes, arena, RunOptimize); }

}  // namespace cdp::bitmap
