#include "core/bitmap/bitmap64_order.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "core/base/stop.h"

namespace cdp::bitmap {
namespace {

// Values of a container that are at most `low`.
std::uint32_t RankIn(const Container& container, std::uint32_t low) {
  std::uint32_t count = 0;
  switch (container.kind) {
    case ContainerKind::kArray: {
      std::uint32_t end = container.cardinality;
      while (count < end) {
        const std::uint32_t middle = count + (end - count) / 2;
        if (container.Value(middle) <= low) {
          count = middle + 1;
        } else {
          end = middle;
        }
      }
      return count;
    }
    case ContainerKind::kBitset:
      for (std::uint32_t i = 0; i < low >> 6; ++i) count += std::popcount(container.Word(i));
      return count +
             std::popcount(container.Word(low >> 6) & ~std::uint64_t{0} >> (63 - (low & 63)));
    case ContainerKind::kRun:
      for (std::uint32_t i = 0; i < container.runs && container.RunStart(i) <= low; ++i) {
        count += std::min(container.RunLast(i), low) - container.RunStart(i) + 1;
      }
      return count;
  }
  return count;
}

// The value before which `position` values stand.
std::uint32_t SelectIn(const Container& container, std::uint32_t position) {
  switch (container.kind) {
    case ContainerKind::kArray:
      return container.high | container.Value(position);
    case ContainerKind::kBitset:
      for (std::uint32_t i = 0; i < kBitsetWords; ++i) {
        std::uint64_t word = container.Word(i);
        const auto bits = static_cast<std::uint32_t>(std::popcount(word));
        if (position < bits) {
          for (; position > 0; --position) word &= word - 1;
          return container.high | i << 6 | static_cast<std::uint32_t>(std::countr_zero(word));
        }
        position -= bits;
      }
      break;
    case ContainerKind::kRun:
      for (std::uint32_t i = 0; i < container.runs; ++i) {
        const std::uint32_t length = container.RunLast(i) - container.RunStart(i) + 1;
        if (position < length) {
          const std::uint32_t low = container.RunStart(i) + position;
          if (low > 0xffff) break;
          return container.high | low;
        }
        position -= length;
      }
      break;
  }
  MalformedBitmap();  // the header promises more values than there are
}

std::uint64_t RankIn(const BitmapView& view, std::uint32_t value) {
  const std::uint32_t key = value >> 16;
  const std::uint32_t end = view.Find(key);
  std::uint64_t count = 0;
  for (std::uint32_t i = 0; i < end; ++i) count += view.ContainerCardinality(i);
  if (end < view.containers() && view.Key(end) == key)
    count += RankIn(view.At(end), value & 0xffff);
  return count;
}

// The value before which `position` values stand; there are more.
std::uint64_t Select64(Bytes bytes, std::uint64_t position) {
  StopTicker ticker;
  Bucket bucket;
  for (BucketReader reader(bytes); reader.Next(&bucket);) {
    const BitmapView view(bucket.bitmap);
    for (std::uint32_t i = 0; i < view.containers(); ++i) {
      const std::uint32_t count = view.ContainerCardinality(i);
      if (position < count) {
        return JoinHalves(bucket.high, SelectIn(view.At(i), static_cast<std::uint32_t>(position)));
      }
      position -= count;
    }
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
    count += bucket.high < HighHalf(value) ? view.Cardinality() : RankIn(view, LowHalf(value));
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
