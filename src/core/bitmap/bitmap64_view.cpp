#include "core/bitmap/bitmap64_view.h"

#include <array>

#include "core/base/stop.h"

namespace cdp::bitmap {
namespace {

constexpr std::size_t kEmptyBucketBytes = 8;

// Bytes of the 32-bit bitmap that the bytes begin with: to the end of its last container.
std::size_t SizeOfFront(Bytes bytes, const BitmapView& view) {
  if (view.empty()) return kEmptyBucketBytes;
  const Bytes last = view.At(view.containers() - 1).bytes();
  return static_cast<std::size_t>(last.data() + last.size() - bytes.data());
}

// Calls `body(high half, view)` for the first bucket that is not empty; false if there is none.
template <class Body>
bool WithFirstBucket(ByteSource* source, Body body) {
  if (source->size() < kBucketCountBytes) MalformedBitmap();
  StopTicker ticker;
  std::uint64_t least_high = 0;
  std::size_t at = kBucketCountBytes;
  const auto buckets = LoadAt<std::uint64_t>(source->Read(0, kBucketCountBytes).data());
  for (std::uint64_t i = 0; i < buckets; ++i) {
    if (source->size() - at < kBucketHeaderBytes) MalformedBitmap();
    const auto high = LoadAt<std::uint32_t>(source->Read(at, kBucketHeaderBytes).data());
    if (high < least_high) MalformedBitmap();
    SourceTail tail(source, at + kBucketHeaderBytes);
    const BitmapView view(&tail);
    if (!view.empty()) {
      body(high, view);
      return true;
    }
    at += kBucketHeaderBytes + kEmptyBucketBytes;
    least_high = std::uint64_t{high} + 1;
    ticker.Step(256);
  }
  return false;
}

}  // namespace

BucketReader::BucketReader(Bytes bytes) {
  if (bytes.size() < kBucketCountBytes) MalformedBitmap();
  buckets_ = LoadAt<std::uint64_t>(bytes.data());
  left_ = bytes.subspan(kBucketCountBytes);
}

bool BucketReader::Next(Bucket* bucket) {
  while (buckets_ > 0) {
    if (left_.size() < kBucketHeaderBytes) MalformedBitmap();
    const auto high = LoadAt<std::uint32_t>(left_.data());
    if (high < least_high_) MalformedBitmap();
    const Bytes rest = left_.subspan(kBucketHeaderBytes);
    const BitmapView view(rest);
    const std::size_t size = SizeOfFront(rest, view);
    left_ = rest.subspan(size);
    least_high_ = std::uint64_t{high} + 1;
    --buckets_;
    if (view.empty()) {
      empties_.Step();
      continue;
    }
    *bucket = {high, rest.first(size)};
    return true;
  }
  return false;
}

bool BucketReader::Seek(std::uint32_t high, Bucket* bucket) {
  StopTicker ticker;
  while (Next(bucket)) {
    if (bucket->high >= high) return true;
    ticker.Step();
  }
  return false;
}

bool Empty64(Bytes bytes) {
  Bucket bucket;
  return !BucketReader(bytes).Next(&bucket);
}

std::uint64_t Cardinality64(Bytes bytes) {
  StopTicker ticker;
  std::uint64_t count = 0;
  Bucket bucket;
  for (BucketReader reader(bytes); reader.Next(&bucket);) {
    const BitmapView view(bucket.bitmap);
    count += view.Cardinality();
    ticker.Step(view.containers());
  }
  return count;
}

bool Contains64(Bytes bytes, std::uint64_t value) {
  Bucket bucket;
  return BucketReader(bytes).Seek(HighHalf(value), &bucket) && bucket.high == HighHalf(value) &&
         BitmapView(bucket.bitmap).Contains(LowHalf(value));
}

bool Min64(Bytes bytes, std::uint64_t* value) {
  Bucket bucket;
  if (!BucketReader(bytes).Next(&bucket)) return false;
  *value = JoinHalves(bucket.high, BitmapView(bucket.bitmap).Min());
  return true;
}

bool Empty64(ByteSource* source) {
  return !WithFirstBucket(source, [](std::uint32_t, const BitmapView&) {});
}

bool Min64(ByteSource* source, std::uint64_t* value) {
  return WithFirstBucket(source, [value](std::uint32_t high, const BitmapView& view) {
    *value = JoinHalves(high, view.Min());
  });
}

bool Max64(Bytes bytes, std::uint64_t* value) {
  StopTicker ticker;
  bool found = false;
  Bucket bucket;
  for (BucketReader reader(bytes); reader.Next(&bucket); found = true) ticker.Step();
  if (found) *value = JoinHalves(bucket.high, BitmapView(bucket.bitmap).Max());
  return found;
}

void Decode64(Bytes bytes, std::uint64_t* out) {
  StopTicker ticker;
  std::array<std::uint32_t, kMaxContainers> lows;
  Bucket bucket;
  for (BucketReader reader(bytes); reader.Next(&bucket);) {
    const BitmapView view(bucket.bitmap);
    for (std::uint32_t i = 0; i < view.containers(); ++i) {
      const std::uint32_t* end = view.At(i).Decode(lows.data());
      for (const std::uint32_t* low = lows.data(); low != end; ++low) {
        *out++ = JoinHalves(bucket.high, *low);
      }
      ticker.Step(static_cast<std::uint32_t>(end - lows.data()));
    }
  }
}

std::size_t CountBuckets(Bytes bytes) {
  StopTicker ticker;
  std::size_t count = 0;
  Bucket bucket;
  for (BucketReader reader(bytes); reader.Next(&bucket); ++count) ticker.Step();
  return count;
}

}  // namespace cdp::bitmap
