/// A 64-bit bitmap read in place from its portable bytes.
///
/// It is a sequence of buckets: 32-bit bitmaps of the low halves of the values that share a high
/// half. The bytes have no directory: a bucket is found by stepping over those before it.
#pragma once

#include <concepts>
#include <optional>

#include "core/base/stop.h"
#include "core/bitmap/bitmap_view.h"

namespace cdp::bitmap {

/// The number of buckets comes first, then each with its high half before it.
inline constexpr std::size_t kBucketCountBytes = 8;
inline constexpr std::size_t kBucketHeaderBytes = 4;

struct Bucket {
  std::uint32_t high;
  Bytes bitmap;  ///< exactly its portable bytes
};

constexpr std::uint32_t HighHalf(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32);
}
constexpr std::uint32_t LowHalf(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
constexpr std::uint64_t JoinHalves(std::uint32_t high, std::uint32_t low) {
  return std::uint64_t{high} << 32 | low;
}

/// Steps from bucket to bucket, reading hardly more than the header of each. Never reads outside
/// the bytes; raises an error for bytes that are no bitmap and buckets out of order.
class BucketReader {
 public:
  explicit BucketReader(Bytes bytes);

  /// The next bucket that is not empty; false after the last.
  bool Next(Bucket* bucket);
  /// The next bucket whose high half is at least `high`.
  bool Seek(std::uint32_t high, Bucket* bucket);

 private:
  Bytes left_;
  std::uint64_t buckets_;         // still to come
  std::uint64_t least_high_ = 0;  // of the next; one past the greatest after it
  StopTicker empties_;            // of which only a made-up value has many
};

/// What a question is put to: bytes, or a source of which no more is read than the question takes.
class BitmapSource {
 public:
  BitmapSource(ByteSource* source) : source_(source) {}  // NOLINT: stands for it
  template <std::convertible_to<Bytes> From>
  BitmapSource(const From& bytes) : bytes_(bytes) {}  // NOLINT

  std::size_t size() const { return source_ == nullptr ? bytes_.size() : source_->size(); }
  /// Bytes that exist.
  const std::byte* Read(std::size_t offset, std::size_t size) const {
    return source_ == nullptr ? bytes_.data() + offset : source_->Read(offset, size).data();
  }
  /// The bitmap that begins at `offset`, where there is one. `tail` must outlive it.
  BitmapView ViewAt(std::size_t offset, std::optional<SourceTail>* tail) const {
    if (source_ == nullptr) return BitmapView(bytes_.subspan(offset));
    return BitmapView(&tail->emplace(source_, offset));
  }

 private:
  Bytes bytes_;
  ByteSource* source_ = nullptr;
};

/// Steps from bucket to bucket as BucketReader does, for the views of them.
class BucketViews {
 public:
  explicit BucketViews(const BitmapSource& source);
  BucketViews(const BucketViews&) = delete;
  BucketViews& operator=(const BucketViews&) = delete;

  /// To the next bucket that is not empty; false if there is none, and it stays where it is.
  bool Next();
  /// Of the bucket. The view may reach beyond it.
  std::uint32_t high() const { return high_; }
  const BitmapView& view() const { return view_; }

 private:
  BitmapSource source_;
  std::uint64_t buckets_;  // still to come
  std::uint64_t least_high_ = 0;
  std::uint32_t high_ = 0;
  BitmapView view_;
  std::size_t at_ = kBucketCountBytes;  // where it begins
  std::optional<SourceTail> tails_[2];  // of it, and of the one before
  int turn_ = 0;
  StopTicker ticker_;
};

/// Questions about one value, answered in place.
bool Empty64(const BitmapSource& source);
std::uint64_t Cardinality64(const BitmapSource& source);
bool Contains64(const BitmapSource& source, std::uint64_t value);
/// The least or greatest value; false if there is none.
bool Min64(const BitmapSource& source, std::uint64_t* value);
bool Max64(const BitmapSource& source, std::uint64_t* value);
/// Writes Cardinality64() values in ascending order.
void Decode64(Bytes bytes, std::uint64_t* out);

/// How many buckets BucketReader would give.
std::size_t CountBuckets(Bytes bytes);

}  // namespace cdp::bitmap
