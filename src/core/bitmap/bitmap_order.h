/// Order and hash of bitmaps: of their values alone, whatever the containers are.
#pragma once

#include "core/bitmap/bitmap_view.h"

namespace cdp::bitmap {

/// Compares the ascending values as words of a dictionary: the first difference decides, a
/// beginning comes before the whole. Negative, zero or positive.
int Compare(const BitmapView& a, const BitmapView& b);

/// Equal sets have equal hashes, on every machine.
std::uint64_t Hash(const BitmapView& view, std::uint64_t seed);

/// The smallest value that only one of two bitmaps has, and which one.
struct Difference {
  bool found;
  std::uint32_t value;
  bool in_first;
};
Difference FirstDifference(const BitmapView& a, const BitmapView& b);

/// A hash in the making.
class ContentHash {
 public:
  explicit ContentHash(std::uint64_t seed) : state_(seed ^ 0x9e3779b97f4a7c15u) {}
  void Add(std::uint64_t word) {
    state_ = (state_ ^ word) * 0xd6e8feb86659fd93u;
    state_ ^= state_ >> 32;
  }
  /// The values, whatever containers they are in.
  void Add(const BitmapView& view);
  std::uint64_t Result() const {
    const std::uint64_t mixed = (state_ ^ state_ >> 29) * 0xbf58476d1ce4e5b9u;
    return mixed ^ mixed >> 32;
  }

 private:
  std::uint64_t state_;
};

}  // namespace cdp::bitmap
