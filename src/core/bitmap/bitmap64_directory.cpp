#include "core/bitmap/bitmap64_directory.h"

#include <algorithm>

#include "core/base/stop.h"
#include "core/bitmap/bitmap_rank.h"

namespace cdp::bitmap {

Bitmap64Directory::Bitmap64Directory(Bytes bytes, std::pmr::memory_resource* memory)
    : entries_(memory) {
  StopTicker ticker;
  Bucket bucket;
  for (BucketReader reader(bytes); reader.Next(&bucket);) {
    const BitmapView view(bucket.bitmap);
    entries_.push_back({bucket, cardinality_});
    cardinality_ += view.Cardinality();
    ticker.Step(view.containers());
  }
}

const Bitmap64Directory::Entry* Bitmap64Directory::Find(std::uint32_t high) const {
  const auto found = std::lower_bound(
      entries_.begin(), entries_.end(), high,
      [](const Entry& entry, std::uint32_t wanted) { return entry.bucket.high < wanted; });
  return entries_.data() + (found - entries_.begin());
}

bool Bitmap64Directory::Contains(std::uint64_t value) const {
  const Entry* entry = Find(HighHalf(value));
  return entry != entries_.data() + entries_.size() && entry->bucket.high == HighHalf(value) &&
         BitmapView(entry->bucket.bitmap).Contains(LowHalf(value));
}

std::uint64_t Bitmap64Directory::CountUpTo(std::uint64_t value) const {
  const Entry* entry = Find(HighHalf(value));
  if (entry == entries_.data() + entries_.size()) return cardinality_;
  if (entry->bucket.high != HighHalf(value)) return entry->before;
  return entry->before +
         CountBelow(BitmapView(entry->bucket.bitmap), std::uint64_t{LowHalf(value)} + 1);
}

std::uint64_t Bitmap64Directory::ValueAt(std::uint64_t rank) const {
  const auto after = std::upper_bound(
      entries_.begin(), entries_.end(), rank,
      [](std::uint64_t wanted, const Entry& entry) { return wanted < entry.before; });
  if (after == entries_.begin()) MalformedBitmap();
  const Entry& entry = *std::prev(after);
  return JoinHalves(entry.bucket.high,
                    bitmap::ValueAt(BitmapView(entry.bucket.bitmap), rank - entry.before));
}

}  // namespace cdp::bitmap
