#include "core/bitmap/bitmap64_directory.h"

#include <algorithm>
#include <iterator>

#include "core/base/stop.h"
#include "core/bitmap/bitmap_rank.h"

namespace cdp::bitmap {
namespace {

// Calls `take(place)` for each bucket and returns how many values there are.
template <class Take>
std::uint64_t Locate(Bytes bytes, Take take) {
  StopTicker ticker;
  std::uint64_t count = 0;
  Bucket bucket;
  for (BucketReader reader(bytes); reader.Next(&bucket);) {
    const BitmapView view(bucket.bitmap);
    take(BucketPlace{bucket.high, static_cast<std::uint32_t>(bucket.bitmap.size()),
                     static_cast<std::size_t>(bucket.bitmap.data() - bytes.data()), count});
    count += view.Cardinality();
    ticker.Step(view.containers());
  }
  return count;
}

}  // namespace

std::uint64_t LocateBuckets(Bytes bytes, BucketPlace* places) {
  return Locate(bytes, [&places](const BucketPlace& place) { *places++ = place; });
}

Bitmap64Directory::Bitmap64Directory(Bytes bytes, std::pmr::memory_resource* memory)
    : bytes_(bytes), own_(memory) {
  cardinality_ = Locate(bytes, [this](const BucketPlace& place) { own_.push_back(place); });
  places_ = own_;
}

std::span<const BucketPlace>::iterator Bitmap64Directory::Find(std::uint32_t high) const {
  return std::lower_bound(
      places_.begin(), places_.end(), high,
      [](const BucketPlace& place, std::uint32_t wanted) { return place.high < wanted; });
}

bool Bitmap64Directory::Contains(std::uint64_t value) const {
  const auto place = Find(HighHalf(value));
  return place != places_.end() && place->high == HighHalf(value) &&
         ViewOf(*place).Contains(LowHalf(value));
}

std::uint64_t Bitmap64Directory::CountUpTo(std::uint64_t value) const {
  const auto place = Find(HighHalf(value));
  if (place == places_.end()) return cardinality_;
  if (place->high != HighHalf(value)) return place->before;
  return place->before + CountBelow(ViewOf(*place), std::uint64_t{LowHalf(value)} + 1);
}

std::uint64_t Bitmap64Directory::ValueAt(std::uint64_t rank) const {
  const auto after = std::upper_bound(
      places_.begin(), places_.end(), rank,
      [](std::uint64_t wanted, const BucketPlace& place) { return wanted < place.before; });
  if (after == places_.begin()) MalformedBitmap();
  const BucketPlace& place = *std::prev(after);
  return JoinHalves(place.high, bitmap::ValueAt(ViewOf(place), rank - place.before));
}

}  // namespace cdp::bitmap
