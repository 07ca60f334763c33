/// A 64-bit bitmap with a directory of its buckets beside it.
///
/// Made in one pass over the buckets; after that any value or position is found without stepping
/// over the buckets before it. For many questions about one bitmap.
#pragma once

#include <memory_resource>
#include <vector>

#include "core/bitmap/bitmap64_view.h"

namespace cdp::bitmap {

class Bitmap64Directory {
 public:
  /// The bytes must outlive it.
  Bitmap64Directory(Bytes bytes, std::pmr::memory_resource* memory);

  bool empty() const { return entries_.empty(); }
  std::uint64_t Cardinality() const { return cardinality_; }
  bool Contains(std::uint64_t value) const;
  /// How many values are at most `value`.
  std::uint64_t CountUpTo(std::uint64_t value) const;
  /// The value with this many smaller ones; `rank` must be below the cardinality.
  std::uint64_t ValueAt(std::uint64_t rank) const;

 private:
  struct Entry {
    Bucket bucket;
    std::uint64_t before;  // values in the buckets before it
  };
  // The first entry whose high half is at least `high`.
  const Entry* Find(std::uint32_t high) const;

  std::pmr::vector<Entry> entries_;
  std::uint64_t cardinality_ = 0;
};

}  // namespace cdp::bitmap
