#include "core/bitmap/bitmap_stats.h"

#include "core/base/stop.h"

namespace cdp::bitmap {

BitmapStats StatsOf(const BitmapView& view) {
  BitmapStats stats;
  const auto count = [](BitmapStats::Kind* kind, const Container& container, std::size_t bytes) {
    ++kind->containers;
    kind->values += container.cardinality;
    kind->bytes += bytes;
  };
  StopTicker ticker;
  for (std::uint32_t i = 0; i < view.containers(); ++i) {
    const Container container = view.At(i);
    switch (container.kind) {
      case ContainerKind::kArray:
        count(&stats.arrays, container, 2 * std::size_t{container.cardinality});
        break;
      case ContainerKind::kBitset:
        count(&stats.bitsets, container, kBitsetBytes);
        break;
      case ContainerKind::kRun:
        count(&stats.runs, container, 2 + 4 * std::size_t{container.runs});
        break;
    }
    ticker.Step();
  }
  return stats;
}

}  // namespace cdp::bitmap
