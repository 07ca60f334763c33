/// Makes a bitmap of many values in any order.
#pragma once

#include <memory_resource>
#include <span>
#include <utility>
#include <vector>

#include "core/bitmap/bitmap.h"

namespace cdp::bitmap {

/// Values wait in a buffer, are sorted and merged as a bitmap of their own: one by one, each would
/// cost a search and a shift inside its container. The buffer grows with the bitmap, so that
/// merging stays cheap for both small and large sets.
///
/// An Accumulator takes values in faster still, but it is no set to work with: it gives portable
/// bytes at its end, meets others only as such bytes, and takes 2 KB before the first value. Here
/// the result is a Bitmap that is united with other results, and an Activity has hundreds of them.
class BitmapBuilder {
 public:
  explicit BitmapBuilder(std::pmr::memory_resource* memory) : buffer_(memory) {}
  BitmapBuilder(std::pmr::memory_resource* memory, Bitmap start)
      : bitmap_(std::move(start)), buffer_(memory) {}

  void Add(std::uint32_t value) {
    if (buffer_.size() == buffer_limit_) [[unlikely]]
      Merge();
    buffer_.push_back(value);
  }
  void Add(std::span<const std::uint32_t> values) {
    for (const std::uint32_t value : values) Add(value);
  }

  /// Everything added so far.
  Bitmap& Result() {
    if (!buffer_.empty()) Merge();
    return bitmap_;
  }
  const Bitmap& Merged() const { return bitmap_; }

 private:
  void Merge();

  Bitmap bitmap_;
  std::pmr::vector<std::uint32_t> buffer_;
  std::size_t buffer_limit_ = kMinBuffer;

  static constexpr std::size_t kMinBuffer = 4096;
  static constexpr std::size_t kMaxBuffer = 1 << 18;
};

}  // namespace cdp::bitmap
