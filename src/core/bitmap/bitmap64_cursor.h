/// Walks a 64-bit bitmap's values one at a time, in place.
#pragma once

#include <span>

#include "core/bitmap/bitmap64_view.h"
#include "core/bitmap/bitmap_cursor.h"

namespace cdp::bitmap {

class Bitmap64Cursor {
 public:
  explicit Bitmap64Cursor(Bytes bytes) : reader_(bytes) {}

  /// The next value in ascending order; false after the last.
  bool Next(std::uint64_t* value) {
    std::uint32_t low = 0;
    while (!cursor_.Next(&low)) {
      Bucket bucket;
      if (!reader_.Next(&bucket)) return false;
      high_ = bucket.high;
      cursor_ = BitmapCursor(bucket.bitmap);
    }
    *value = JoinHalves(high_, low);
    return true;
  }
  /// As many of the next values as there is room for; fewer, or none, when they come to their end.
  std::size_t Read(std::span<std::uint64_t> out) {
    std::size_t count = 0;
    while (count < out.size() && Next(&out[count])) ++count;
    return count;
  }

 private:
  static constexpr std::byte kNoValues[8] = {std::byte{0x3a}, std::byte{0x30}};

  BucketReader reader_;
  std::uint32_t high_ = 0;
  BitmapCursor cursor_{Bytes(kNoValues)};
};

}  // namespace cdp::bitmap
