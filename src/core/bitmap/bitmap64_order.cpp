#include "core/bitmap/bitmap64_order.h"

#include <algorithm>

#include "core/base/stop.h"
#include "core/bitmap/bitmap_rank.h"

namespace cdp::bitmap {
namespace {

// The value before which `position` values stand; there are more.
std::uint64_t Select64(Bytes bytes, std::uint64_t position) {
  for (BucketViews buckets(bytes); buckets.Next();) {
    const std::uint64_t count = buckets.view().Cardinality();
    if (position < count) return JoinHalves(buckets.high(), ValueAt(buckets.view(), position));
    position -= count;
  }
  MalformedBitmap();
}

}  // namespace

Range64 RangeOf(std::uint64_t start, std::uint64_t end) {
  if (end != 0 && start >= end) return kNoValues;
  return {start, end - 1};  // 0 becomes the greatest value
}

std::uint64_t Rank64(const BitmapSource& source, std::uint64_t value) {
  std::uint64_t count = 0;
  for (BucketViews buckets(source); buckets.Next();) {
    if (buckets.high() > HighHalf(value)) break;
    count += buckets.high() < HighHalf(value)
                 ? buckets.view().Cardinality()
                 : CountBelow(buckets.view(), std::uint64_t{LowHalf(value)} + 1);
  }
  return count;
}

Range64 PageRange(Bytes bytes, const Range64& range, const Page& page) {
  const auto limit = static_cast<std::uint64_t>(std::max<std::int64_t>(page.limit, 0));
  const auto offset = static_cast<std::uint64_t>(std::max<std::int64_t>(page.offset, 0));
  const std::uint64_t total = RangeCardinality64(bytes, range);
  if (limit == 0 || offset >= total) return kNoValues;
  const std::uint64_t count = std::min(limit, total - offset);
  const std::uint64_t below = range.first == 0 ? 0 : Rank64(bytes, range.first - 1);
  const std::uint64_t first = below + (page.reverse ? total - offset - count : offset);
  return {Select64(bytes, first), Select64(bytes, first + count - 1)};
}

}  // namespace cdp::bitmap
