#include "core/bitmap/bitmap_chunks.h"

#include <algorithm>

#include "core/base/stop.h"
#include "core/bitmap/bitmap64_parts.h"
#include "core/bitmap/bitmap_rank.h"

namespace cdp::bitmap {
namespace {

constexpr int kBucketBits = 32;
constexpr std::uint64_t kBucketValues = std::uint64_t{1} << kBucketBits;

}  // namespace

std::optional<ValueRange> NextChunk(const BitmapView& view, std::uint64_t from, int bits) {
  if (from >= kBucketValues) return std::nullopt;
  const auto first = FirstFrom(view, static_cast<std::uint32_t>(from));
  if (!first.has_value()) return std::nullopt;
  // Values out of order would lead back, and round and round.
  if (*first < from) MalformedBitmap();
  const std::uint64_t number = std::uint64_t{*first} >> bits;
  return ValueRange{number << bits, std::min((number + 1) << bits, kBucketValues)};
}

bool Bitmap64Chunks::Next(std::uint64_t* chunk, BucketList* out) {
  return bits_ >= kBucketBits ? NextOfBuckets(chunk, out) : NextInBucket(chunk, out);
}

bool Bitmap64Chunks::NextOfBuckets(std::uint64_t* chunk, BucketList* out) {
  if (!more_) return false;
  StopTicker ticker;
  const auto number = [this] { return std::uint64_t{bucket_.high} >> (bits_ - kBucketBits); };
  *chunk = number();
  for (; more_ && number() == *chunk; more_ = reader_.Next(&bucket_)) {
    out->Add(bucket_);
    ticker.Step();
  }
  return true;
}

bool Bitmap64Chunks::NextInBucket(std::uint64_t* chunk, BucketList* out) {
  for (; more_; more_ = reader_.Next(&bucket_), next_ = 0) {
    const BitmapView view(bucket_.bitmap);
    const auto range = NextChunk(view, next_, bits_);
    if (!range.has_value()) continue;
    BitmapParts parts(out->memory());
    Restrict(view, *range, &parts);
    out->Add(bucket_.high, BucketOf(parts, out->arena()));
    *chunk = (std::uint64_t{bucket_.high} << kBucketBits | range->start) >> bits_;
    next_ = range->end;
    return true;
  }
  return false;
}

}  // namespace cdp::bitmap
