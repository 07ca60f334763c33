#include "core/bitmap/bitmap64_writer.h"

#include <exception>
#include <string>

#include "core/base/copy.h"
#include "core/bitmap/bitmap_writer.h"

namespace cdp::bitmap {

void TooLarge64(std::uint64_t size) {
  throw Error(ErrorCode::kLimitExceeded, "result is too large",
              "A value holds at most 1 GB; this one would take at least " + std::to_string(size) +
                  " bytes.");
}

void BucketList::Merge(std::uint32_t high, Bytes bitmap) {
  if (bitmap.empty()) return;
  if (buckets_.empty() || buckets_.back().high != high) return Add(high, bitmap);
  Bucket* last = &buckets_.back();
  size_ -= last->bitmap.size();
  last->bitmap = CombineBuckets(SetOperation::kOr, last->bitmap, bitmap, arena());
  size_ += last->bitmap.size();
}

void BucketList::Write(std::byte* out) const {
  StopTicker ticker;
  StoreAt(out, std::uint64_t{buckets_.size()});
  out += kBucketCountBytes;
  for (const Bucket& bucket : buckets_) {
    StoreAt(out, bucket.high);
    CopyBytes(out + kBucketHeaderBytes, bucket.bitmap.data(), bucket.bitmap.size());
    out += kBucketHeaderBytes + bucket.bitmap.size();
    ticker.Step(static_cast<std::uint32_t>(bucket.bitmap.size() >> 6) + 1);
  }
}

void AppendSorted(std::span<const std::uint64_t> values, BucketList* out) {
  StopTicker ticker;
  std::pmr::vector<std::uint32_t> lows(out->arena());
  for (std::size_t i = 0; i < values.size();) {
    const std::uint32_t high = HighHalf(values[i]);
    lows.clear();
    for (; i < values.size() && HighHalf(values[i]) == high; ++i) {
      lows.push_back(LowHalf(values[i]));
      ticker.Step();
    }
    const PortableWriter writer(lows);
    auto* bytes = static_cast<std::byte*>(out->arena()->allocate(writer.size(), 1));
    writer.Write(bytes);
    out->Add(high, {bytes, writer.size()});
  }
}

void AppendForeign(Bytes bytes, BucketList* out) {
  StopTicker ticker;
  if (bytes.size() < kBucketCountBytes) MalformedBitmap();
  auto buckets = LoadAt<std::uint64_t>(bytes.data());
  Bytes left = bytes.subspan(kBucketCountBytes);
  std::uint64_t least_high = 0;
  // Bytes that do not parse are refused as such, though a bucket before contradicts itself.
  std::exception_ptr invalid;
  for (; buckets > 0; --buckets) {
    if (left.size() < kBucketHeaderBytes) MalformedBitmap();
    const auto high = LoadAt<std::uint32_t>(left.data());
    if (high < least_high) MalformedBitmap();
    left = left.subspan(kBucketHeaderBytes);
    std::size_t size = 0;
    try {
      out->Add(high, CheckedBucket(left, &size, out->arena()));
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInvalidText) throw;
      if (invalid == nullptr) invalid = std::current_exception();
    }
    left = left.subspan(size);
    least_high = std::uint64_t{high} + 1;
    ticker.Step(static_cast<std::uint32_t>(size >> 4) + 1);
  }
  if (invalid != nullptr) std::rethrow_exception(invalid);
}

}  // namespace cdp::bitmap
