#include "core/bitmap/bitmap_sample.h"

#include "core/base/stop.h"
#include "core/bitmap/bitmap64_parts.h"
#include "core/bitmap/bitmap_lots.h"

namespace cdp::bitmap {

void Sample(const BitmapView& view, std::uint64_t count, std::uint64_t seed, BitmapParts* result,
            std::pmr::memory_resource* memory) {
  const std::uint64_t total = view.Cardinality();
  if (count >= total) return result->Keep(view, 0, view.containers());
  Lots lots(seed, memory);
  lots.Expect(view);
  lots.Draw(count);
  lots.Take(view, result);
}

void AppendSample(Bytes bytes, std::uint64_t count, std::uint64_t seed, BucketList* out) {
  const std::uint64_t total = Cardinality64(bytes);
  StopTicker ticker;
  Bucket bucket;
  BucketReader reader(bytes);
  if (count >= total) {
    for (; reader.Next(&bucket); ticker.Step()) out->Add(bucket);
    return;
  }
  Lots lots(seed, out->memory());
  for (; reader.Next(&bucket); ticker.Step()) lots.Expect(BitmapView(bucket.bitmap));
  lots.Draw(count);
  for (reader = BucketReader(bytes); reader.Next(&bucket); ticker.Step(16)) {
    BitmapParts parts(out->memory());
    lots.Take(BitmapView(bucket.bitmap), &parts);
    out->Add(bucket.high, BucketOf(parts, out->arena()));
  }
}

}  // namespace cdp::bitmap
