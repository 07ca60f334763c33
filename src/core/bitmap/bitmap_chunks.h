/// Bitmaps cut into chunks of values that share all but their low bits.
#pragma once

#include <optional>

#include "core/bitmap/bitmap64_writer.h"
#include "core/bitmap/bitmap_range.h"

namespace cdp::bitmap {

/// The first range of 2^bits values, `bits` up to 32, that begins at `from` or after it, at a
/// multiple of its length, and is not empty.
std::optional<ValueRange> NextChunk(const BitmapView& view, std::uint64_t from, int bits);

/// The chunks of a 64-bit bitmap that are not empty, one after the other.
class Bitmap64Chunks {
 public:
  /// The bytes must outlive it; `bits` is 0 to 64.
  Bitmap64Chunks(Bytes bytes, int bits)
      : reader_(bytes), more_(reader_.Next(&bucket_)), bits_(bits) {}

  /// Appends the values of the next chunk, and tells its number; false after the last.
  bool Next(std::uint64_t* chunk, BucketList* out);

 private:
  bool NextOfBuckets(std::uint64_t* chunk, BucketList* out);
  bool NextInBucket(std::uint64_t* chunk, BucketList* out);

  BucketReader reader_;
  Bucket bucket_;  // the one whose values come next
  bool more_;
  int bits_;
  std::uint64_t next_ = 0;  // of the bucket's values, the least that has not gone
};

}  // namespace cdp::bitmap
