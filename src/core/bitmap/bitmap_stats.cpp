#include "core/bitmap/bitmap_stats.h"

#include "core/base/stop.h"

namespace cdp::bitmap {
namespace {

void Count(BitmapStats::Kind* kind, const Container& container, std::size_t bytes) {
  ++kind->containers;
  kind->values += container.cardinality;
  kind->bytes += bytes;
}

void Count(BitmapStats* stats, const BitmapView& view) {
  StopTicker ticker;
  for (std::uint32_t i = 0; i < view.containers(); ++i) {
    const Container container = view.At(i);
    switch (container.kind) {
      case ContainerKind::kArray:
        Count(&stats->arrays, container, 2 * std::size_t{container.cardinality});
        break;
      case ContainerKind::kBitset:
        Count(&stats->bitsets, container, kBitsetBytes);
        break;
      case ContainerKind::kRun:
        Count(&stats->runs, container, 2 + 4 * std::size_t{container.runs});
        break;
    }
    ticker.Step();
  }
}

}  // namespace

BitmapStats StatsOf(const BitmapView& view) {
  BitmapStats stats;
  Count(&stats, view);
  return stats;
}

BitmapStats StatsOf64(Bytes bytes) {
  BitmapStats stats;
  StopTicker ticker;
  Bucket bucket;
  for (BucketReader reader(bytes); reader.Next(&bucket); ++stats.buckets) {
    const BitmapView view(bucket.bitmap);
    Count(&stats, view);
    ticker.Step(view.containers());
  }
  return stats;
}

}  // namespace cdp::bitmap
