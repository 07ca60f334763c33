#include "core/bitmap/bitmap64_content.h"

#include "core/base/stop.h"
#include "core/bitmap/bitmap_order.h"

namespace cdp::bitmap {

int Compare64(Bytes a, Bytes b) {
  StopTicker ticker;
  BucketReader left(a);
  BucketReader right(b);
  while (true) {
    Bucket x;
    Bucket y;
    const bool has_x = left.Next(&x);
    const bool has_y = right.Next(&y);
    if (!has_x || !has_y) return int{has_x} - int{has_y};
    if (x.high != y.high) return x.high < y.high ? -1 : 1;
    const Difference difference = FirstDifference(BitmapView(x.bitmap), BitmapView(y.bitmap));
    if (difference.found) {
      // Whoever has the value comes first, unless the other one has ended before it.
      const bool other_goes_on =
          difference.in_first ? BitmapView(y.bitmap).Max() > difference.value || right.Next(&y)
                              : BitmapView(x.bitmap).Max() > difference.value || left.Next(&x);
      return other_goes_on == difference.in_first ? -1 : 1;
    }
    ticker.Step(static_cast<std::uint32_t>(x.bitmap.size() / 16 + 1));
  }
}

std::uint64_t Hash64(Bytes bytes, std::uint64_t seed) {
  StopTicker ticker;
  ContentHash hash(seed);
  Bucket bucket;
  for (BucketReader reader(bytes); reader.Next(&bucket);) {
    hash.Add(bucket.high);
    hash.Add(BitmapView(bucket.bitmap));
    ticker.Step(static_cast<std::uint32_t>(bucket.bitmap.size() / 16 + 1));
  }
  return hash.Result();
}

}  // namespace cdp::bitmap
