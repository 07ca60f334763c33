#include "core/bitmap/bitmap64_convert.h"

#include <string>

#include "core/base/stop.h"
#include "core/bitmap/bitmap_range.h"

namespace cdp::bitmap {
namespace {

constexpr std::uint32_t kNegativeHigh = 0xffffffff;  // of the int8 values that are negative int4
constexpr std::uint32_t kFirstNegative = 0x80000000;
constexpr std::uint32_t kMaxLow = 0xffffffff;

[[noreturn]] void NoInt4(std::uint64_t value) {
  throw Error(ErrorCode::kOutOfRange, "value \"" +
                                          std::to_string(static_cast<std::int64_t>(value)) +
                                          "\" is out of range for type integer");
}

// Raises an error for a value outside the part of its bucket that int4 has.
void RequireInt4(const Bucket& bucket, Arena* arena) {
  const BitmapView view(bucket.bitmap);
  if (bucket.high == 0) {
    if (view.Max() < kFirstNegative) return;
    const Bytes beyond = RestrictBucket(bucket.bitmap, kFirstNegative, kMaxLow, arena);
    if (beyond.empty()) MalformedBitmap();
    NoInt4(BitmapView(beyond).Min());
  }
  if (bucket.high != kNegativeHigh || view.Min() < kFirstNegative) {
    NoInt4(JoinHalves(bucket.high, view.Min()));
  }
}

}  // namespace

void AppendExtended(Bytes bitmap, BucketList* out) {
  out->Add(0, RestrictBucket(bitmap, 0, kFirstNegative - 1, out->arena()));
  out->Add(kNegativeHigh, RestrictBucket(bitmap, kFirstNegative, kMaxLow, out->arena()));
}

Bytes Narrowed(Bytes bytes, Arena* arena) {
  Bytes result;
  Bucket bucket;
  for (BucketReader reader(bytes); reader.Next(&bucket);) {
    RequireInt4(bucket, arena);
    result = result.empty() ? bucket.bitmap
                            : CombineBuckets(SetOperation::kOr, result, bucket.bitmap, arena);
  }
  return result.empty() ? EmptyBitmap() : result;
}

void KeepInt4(Bytes bytes, BitmapParts* out) {
  BucketReader reader(bytes);
  Bucket bucket;
  bool more = reader.Next(&bucket);
  if (more && bucket.high == 0) {
    Restrict(BitmapView(bucket.bitmap), {0, kFirstNegative}, out);
    more = reader.Next(&bucket);
  }
  if (more && (bucket.high == kNegativeHigh || reader.Seek(kNegativeHigh, &bucket))) {
    Restrict(BitmapView(bucket.bitmap), {kFirstNegative, std::uint64_t{kMaxLow} + 1}, out);
  }
}

}  // namespace cdp::bitmap
