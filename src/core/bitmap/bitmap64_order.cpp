#include "core/bitmap/bitmap64_order.h"

#include <algorithm>

#include "core/base/stop.h"
#include "core/bitmap/bitmap_rank.h"

namespace cdp::bitmap {
namespace {

// The value before which `position` values stand; there are more.
std::uint64_t Select64(Bytes bytes, std::uint64_t position) {
  StopTicker ticker;
  Bucket bucket;
  for (BucketReader reader(bytes); reader.Next(&bucket);) {
    const BitmapView view(bucket.bitmap);
    const std::uint64_t count = view.Cardinality();
    if (position < count) return JoinHalves(bucket.high, ValueAt(view, position));
    position -= count;
    ticker.Step(view.containers());
  }
  MalformedBitmap();
}

}  // namespace

Range64 RangeOf(std::uint64_t start, std::uint64_t end) {
  if (end != 0 && start >= end) return kNoValues;
  return {start, end - 1};  // 0 becomes the greatest value
}

std::uint64_t Rank64(Bytes bytes, std::uint64_t value) {
  StopTicker ticker;
  std::uint64_t count = 0;
  Bucket bucket;
  for (BucketReader reader(bytes); reader.Next(&bucket);) {
    if (bucket.high > HighHalf(value)) break;
    const BitmapView view(bucket.bitmap);
    count += bucket.high < HighHalf(value) ? view.Cardinality()
                                           : CountBelow(view, std::uint64_t{LowHalf(value)} + 1);
    ticker.Step(view.containers());
  }
  return count;
}

std::int64_t Index64(Bytes bytes, std::uint64_t value) {
  if (!Contains64(bytes, value)) return -1;
  return static_cast<std::int64_t>(Rank64(bytes, value)) - 1;
}

std::uint64_t RangeCardinality64(Bytes bytes, const Range64& range) {
  if (range.empty()) return 0;
  const std::uint64_t below = range.first == 0 ? 0 : Rank64(bytes, range.first - 1);
  const std::uint64_t to_end = Rank64(bytes, range.last);
  return to_end - std::min(below, to_end);  // damaged bytes may count backwards
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
