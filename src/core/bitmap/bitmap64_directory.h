/// A 64-bit bitmap with a directory of its buckets beside it.
///
/// Made in one pass over the buckets; after that any value or position is found without stepping
/// over the buckets before it. For many questions about one bitmap.
#pragma once

#include <memory_resource>
#include <span>
#include <vector>

#include "core/bitmap/bitmap64_view.h"

namespace cdp::bitmap {

struct BucketPlace {
  std::uint32_t high;
  std::uint32_t size;
  std::size_t offset;
  std::uint64_t before;  ///< values in the buckets before it
};
/// Fills in CountBuckets() places, and returns how many values there are.
std::uint64_t LocateBuckets(Bytes bytes, BucketPlace* places);

class Bitmap64Directory {
 public:
  /// The bytes must outlive it.
  Bitmap64Directory(Bytes bytes, std::pmr::memory_resource* memory);
  /// With the places that LocateBuckets() found, which must outlive it too.
  Bitmap64Directory(Bytes bytes, std::span<const BucketPlace> places, std::uint64_t cardinality)
      : bytes_(bytes), places_(places), cardinality_(cardinality) {}
  Bitmap64Directory(const Bitmap64Directory&) = delete;
  Bitmap64Directory& operator=(const Bitmap64Directory&) = delete;

  bool empty() const { return places_.empty(); }
  std::uint64_t Cardinality() const { return cardinality_; }
  bool Contains(std::uint64_t value) const;
  /// How many values are at most `value`.
  std::uint64_t CountUpTo(std::uint64_t value) const;
  /// The value with this many smaller ones; `rank` must be below the cardinality.
  std::uint64_t ValueAt(std::uint64_t rank) const;

 private:
  // The first place whose high half is at least `high`.
  std::span<const BucketPlace>::iterator Find(std::uint32_t high) const;
  BitmapView ViewOf(const BucketPlace& place) const {
    return BitmapView(bytes_.subspan(place.offset, place.size));
  }

  Bytes bytes_;
  std::pmr::vector<BucketPlace> own_;
  std::span<const BucketPlace> places_;
  std::uint64_t cardinality_;
};

/// The questions that are also put to a source.
inline std::uint64_t Cardinality64(const Bitmap64Directory& bitmap) { return bitmap.Cardinality(); }
inline bool Contains64(const Bitmap64Directory& bitmap, std::uint64_t value) {
  return bitmap.Contains(value);
}
inline std::uint64_t Rank64(const Bitmap64Directory& bitmap, std::uint64_t value) {
  return bitmap.CountUpTo(value);
}

}  // namespace cdp::bitmap
