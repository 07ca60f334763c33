/// Buckets on their way to the portable bytes of a 64-bit bitmap.
#pragma once

#include <memory_resource>
#include <span>
#include <vector>

#include "core/bitmap/bitmap64_bucket.h"
#include "core/bitmap/bitmap64_view.h"

namespace cdp::bitmap {

/// No value of the server is larger; a larger result is refused while it is being made.
inline constexpr std::uint64_t kMaxBytes64 = 0x3fffffff;
[[noreturn]] void TooLarge64(std::uint64_t size);

/// Takes buckets in ascending order and keeps views of them: bytes that it did not make itself,
/// in arena(), must outlive it.
class BucketList {
 public:
  explicit BucketList(std::pmr::memory_resource* memory) : arena_(memory), buckets_(memory) {}

  /// For what is made on the way; lives as long as the list.
  Arena* arena() { return &arena_; }
  /// What the list itself was given; for scratch memory that is given back.
  std::pmr::memory_resource* memory() const { return arena_.upstream_resource(); }

  /// Adds a bucket; an empty span is no bucket.
  void Add(std::uint32_t high, Bytes bitmap) {
    if (bitmap.empty()) return;
    size_ += kBucketHeaderBytes + bitmap.size();
    if (size_ > kMaxBytes64) TooLarge64(size_);
    buckets_.push_back({high, bitmap});
  }
  void Add(const Bucket& bucket) { Add(bucket.high, bucket.bitmap); }
  /// The same for a bucket that may have the high half of the last one: then both become one.
  void Merge(std::uint32_t high, Bytes bitmap);

  std::size_t size() const { return size_; }
  /// Writes size() bytes.
  void Write(std::byte* out) const;

 private:
  Arena arena_;
  std::pmr::vector<Bucket> buckets_;
  std::size_t size_ = kBucketCountBytes;
};

/// Values ascending and without duplicates.
void AppendSorted(std::span<const std::uint64_t> values, BucketList* out);

/// Bytes of any origin in normal form: everything in them is checked; empty buckets and what
/// follows the last one are dropped.
void AppendForeign(Bytes bytes, BucketList* out);

}  // namespace cdp::bitmap
