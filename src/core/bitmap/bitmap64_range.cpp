#include "core/bitmap/bitmap64_range.h"

#include <algorithm>

#include "core/base/stop.h"

namespace cdp::bitmap {
namespace {

constexpr std::uint32_t kMaxLow = 0xffffffff;

// Of a bucket with all 2^32 values: a run in each of 65536 containers.
constexpr std::uint64_t kFullBucketBytes =
    kBucketHeaderBytes + 4 + kMaxContainers / 8 + std::uint64_t{kMaxContainers} * (4 + 4 + 6);

std::uint32_t Weight(const Bucket& bucket) {
  return static_cast<std::uint32_t>(bucket.bitmap.size() / 16) + 1;
}

// The part of a range that lies in one bucket.
struct Lows {
  std::uint32_t first;
  std::uint32_t last;
  bool all() const { return first == 0 && last == kMaxLow; }
};
Lows LowsIn(const Range64& range, std::uint32_t high) {
  return {high == HighHalf(range.first) ? LowHalf(range.first) : 0,
          high == HighHalf(range.last) ? LowHalf(range.last) : kMaxLow};
}
bool Touches(const Range64& range, std::uint32_t high) {
  return !range.empty() && HighHalf(range.first) <= high && high <= HighHalf(range.last);
}

// Full buckets one after the other need their bytes once only.
class FullBucket {
 public:
  explicit FullBucket(BucketList* out) : out_(out) {}
  Bytes Get() {
    if (bytes_.empty()) bytes_ = FillBucket({}, 0, kMaxLow, out_->arena());
    return bytes_;
  }

 private:
  BucketList* out_;
  Bytes bytes_;
};

// `inside(bucket, lows)` for every bucket the range touches, whether the bitmap has it (else its
// bytes are an empty span) or not; the other buckets are copied.
template <class Inside>
void ForEveryBucket(Bytes bytes, const Range64& range, BucketList* out, Inside inside) {
  StopTicker ticker;
  BucketReader reader(bytes);
  Bucket bucket;
  bool has = reader.Next(&bucket);
  for (; has && bucket.high < HighHalf(range.first); has = reader.Next(&bucket)) {
    out->Add(bucket);
    ticker.Step();
  }
  for (std::uint64_t i = HighHalf(range.first); i <= HighHalf(range.last); ++i) {
    const auto high = static_cast<std::uint32_t>(i);
    const bool here = has && bucket.high == high;
    const Bucket touched = {high, here ? bucket.bitmap : Bytes()};
    inside(touched, LowsIn(range, high));
    ticker.Step(Weight(touched) + kMaxContainers / 16);
    if (here) has = reader.Next(&bucket);
  }
  for (; has; has = reader.Next(&bucket)) {
    out->Add(bucket);
    ticker.Step();
  }
}

// Raises an error when that many full buckets are too large already.
void CheckFits(std::uint64_t full_buckets) {
  const std::uint64_t size = full_buckets * kFullBucketBytes;
  if (size > kMaxBytes64) TooLarge64(size);
}

// Buckets that the range covers whole.
std::uint64_t CoveredBuckets(const Range64& range) {
  const std::uint64_t first = (range.first >> 32) + (LowHalf(range.first) != 0);
  const std::uint64_t end = (range.last >> 32) + (LowHalf(range.last) == kMaxLow);
  return end > first ? end - first : 0;
}

// `inside` for every bucket of the bitmap that the range touches, and `outside` for the others.
template <class Inside, class Outside>
void ForPresentBuckets(Bytes bytes, const Range64& range, Inside inside, Outside outside) {
  StopTicker ticker;
  Bucket bucket;
  for (BucketReader reader(bytes); reader.Next(&bucket);) {
    if (Touches(range, bucket.high)) {
      inside(bucket, LowsIn(range, bucket.high));
    } else {
      outside(bucket);
    }
    ticker.Step(Weight(bucket));
  }
}

void Copy(Bytes bytes, BucketList* out) {
  ForPresentBuckets(
      bytes, kNoValues, [](const Bucket&, const Lows&) {},
      [out](const Bucket& bucket) { out->Add(bucket); });
}

// Moves all values up by 2^32 * buckets + lows, or down by as much.
void Shift(Bytes bytes, std::uint64_t distance, bool up, BucketList* out) {
  StopTicker ticker;
  const std::int64_t buckets = HighHalf(distance);
  const std::int64_t lows = LowHalf(distance);
  constexpr std::int64_t kBucketValues = std::int64_t{1} << 32;
  const auto put = [out](std::int64_t high, Bytes bitmap) {
    if (high >= 0 && high <= kMaxLow) out->Merge(static_cast<std::uint32_t>(high), bitmap);
  };
  Bucket bucket;
  for (BucketReader reader(bytes); reader.Next(&bucket);) {
    const std::int64_t high = bucket.high + (up ? buckets : -buckets);
    ticker.Step(Weight(bucket));
    if (lows == 0) {
      put(high, bucket.bitmap);
    } else if (up) {
      put(high, ShiftBucket(bucket.bitmap, lows, out->arena()));
      put(high + 1, ShiftBucket(bucket.bitmap, lows - kBucketValues, out->arena()));
    } else {
      put(high - 1, ShiftBucket(bucket.bitmap, kBucketValues - lows, out->arena()));
      put(high, ShiftBucket(bucket.bitmap, -lows, out->arena()));
    }
  }
}

}  // namespace

void AppendFilled(Bytes bytes, const Range64& range, BucketList* out) {
  if (range.empty()) return Copy(bytes, out);
  CheckFits(CoveredBuckets(range));
  FullBucket full(out);
  ForEveryBucket(bytes, range, out, [&](const Bucket& bucket, const Lows& lows) {
    out->Add(bucket.high, lows.all()
                              ? full.Get()
                              : FillBucket(bucket.bitmap, lows.first, lows.last, out->arena()));
  });
}

void AppendCleared(Bytes bytes, const Range64& range, BucketList* out) {
  ForPresentBuckets(
      bytes, range,
      [out](const Bucket& bucket, const Lows& lows) {
        if (lows.all()) return;
        out->Add(bucket.high, ClearBucket(bucket.bitmap, lows.first, lows.last, out->arena()));
      },
      [out](const Bucket& bucket) { out->Add(bucket); });
}

void AppendFlipped(Bytes bytes, const Range64& range, BucketList* out) {
  if (range.empty()) return Copy(bytes, out);
  const std::uint64_t covered = CoveredBuckets(range);
  // Those that are there can become empty; the bitmap has to be read only when that could help.
  if (covered * kFullBucketBytes > kMaxBytes64) {
    CheckFits(covered - std::min<std::uint64_t>(covered, CountBuckets(bytes)));
  }
  FullBucket full(out);
  ForEveryBucket(bytes, range, out, [&](const Bucket& bucket, const Lows& lows) {
    out->Add(bucket.high, lows.all() && bucket.bitmap.empty()
                              ? full.Get()
                              : FlipBucket(bucket.bitmap, lows.first, lows.last, out->arena()));
  });
}

void AppendRange(Bytes bytes, const Range64& range, BucketList* out) {
  ForPresentBuckets(
      bytes, range,
      [out](const Bucket& bucket, const Lows& lows) {
        out->Add(bucket.high,
                 lows.all() ? bucket.bitmap
                            : RestrictBucket(bucket.bitmap, lows.first, lows.last, out->arena()));
      },
      [](const Bucket&) {});
}

void AppendShifted(Bytes bytes, std::int64_t distance, BucketList* out) {
  const auto bits = static_cast<std::uint64_t>(distance);
  if (distance >= 0) {
    Shift(bytes, bits, true, out);
  } else {
    Shift(bytes, 0 - bits, false, out);
  }
}

void AppendWith(Bytes bytes, std::uint64_t value, BucketList* out) {
  ForEveryBucket(bytes, {value, value}, out, [out](const Bucket& bucket, const Lows& lows) {
    out->Add(bucket.high, AddToBucket(bucket.bitmap, lows.first, out->arena()));
  });
}

void AppendWithout(Bytes bytes, std::uint64_t value, BucketList* out) {
  ForPresentBuckets(
      bytes, {value, value},
      [out](const Bucket& bucket, const Lows& lows) {
        out->Add(bucket.high, RemoveFromBucket(bucket.bitmap, lows.first, out->arena()));
      },
      [out](const Bucket& bucket) { out->Add(bucket); });
}

void AppendCompacted(Bytes bytes, BucketList* out) {
  ForPresentBuckets(
      bytes, {0, ~std::uint64_t{0}},
      [out](const Bucket& bucket, const Lows&) {
        out->Add(bucket.high, CompactBucket(bucket.bitmap, out->arena()));
      },
      [](const Bucket&) {});
}

}  // namespace cdp::bitmap
