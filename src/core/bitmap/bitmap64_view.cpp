#include "core/bitmap/bitmap64_view.h"

#include <array>

#include "core/base/stop.h"

namespace cdp::bitmap {
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
    const std::size_t size = view.Size();
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

BucketViews::BucketViews(const BitmapSource& source) : source_(source) {
  if (source_.size() < kBucketCountBytes) MalformedBitmap();
  buckets_ = LoadAt<std::uint64_t>(source_.Read(0, kBucketCountBytes));
}

bool BucketViews::Next() {
  std::size_t at = at_;
  // Of the last one nobody asks where it ends.
  if (buckets_ > 0 && !view_.empty()) at += view_.Size();
  while (buckets_ > 0) {
    if (source_.size() - at < kBucketHeaderBytes) MalformedBitmap();
    const auto high = LoadAt<std::uint32_t>(source_.Read(at, kBucketHeaderBytes));
    if (high < least_high_) MalformedBitmap();
    at += kBucketHeaderBytes;
    const BitmapView next = source_.ViewAt(at, &tails_[1 - turn_]);
    least_high_ = std::uint64_t{high} + 1;
    --buckets_;
    ticker_.Step(next.containers() + 1);
    if (!next.empty()) {
      high_ = high;
      view_ = next;
      at_ = at;
      turn_ = 1 - turn_;
      return true;
    }
    at += next.Size();
  }
  return false;
}

bool Empty64(const BitmapSource& source) { return !BucketViews(source).Next(); }

std::uint64_t Cardinality64(const BitmapSource& source) {
  std::uint64_t count = 0;
  for (BucketViews buckets(source); buckets.Next();) count += buckets.view().Cardinality();
  return count;
}

bool Contains64(const BitmapSource& source, std::uint64_t value) {
  for (BucketViews buckets(source); buckets.Next();) {
    if (buckets.high() < HighHalf(value)) continue;
    return buckets.high() == HighHalf(value) && buckets.view().Contains(LowHalf(value));
  }
  return false;
}

bool Min64(const BitmapSource& source, std::uint64_t* value) {
  BucketViews buckets(source);
  if (!buckets.Next()) return false;
  *value = JoinHalves(buckets.high(), buckets.view().Min());
  return true;
}

bool Max64(const BitmapSource& source, std::uint64_t* value) {
  BucketViews buckets(source);
  bool found = false;
  while (buckets.Next()) found = true;
  if (found) *value = JoinHalves(buckets.high(), buckets.view().Max());
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
