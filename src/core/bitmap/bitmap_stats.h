/// What a bitmap is made of.
#pragma once

#include "core/bitmap/bitmap64_view.h"

namespace cdp::bitmap {

struct BitmapStats {
  /// Of the containers of one kind.
  struct Kind {
    std::uint64_t containers = 0;
    std::uint64_t values = 0;
    std::uint64_t bytes = 0;  ///< without their entries in the header
  };
  Kind arrays;
  Kind bitsets;
  Kind runs;

  std::uint64_t buckets = 0;  ///< of a 64-bit bitmap
};

BitmapStats StatsOf(const BitmapView& view);
BitmapStats StatsOf64(Bytes bytes);

}  // namespace cdp::bitmap
