/// What a bitmap is made of.
#pragma once

#include "core/bitmap/bitmap_view.h"

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
};

BitmapStats StatsOf(const BitmapView& view);

}  // namespace cdp::bitmap
