/// Who of a bitmap's values is in a sample, decided by lots drawn over their positions.
#pragma once

#include "core/bitmap/bitmap64_builder.h"
#include "core/bitmap/bitmap64_cursor.h"
#include "core/bitmap/bitmap_parts.h"

namespace cdp::bitmap {

/// Draws `count` of `total` positions, every such choice equally likely; the same numbers and seed
/// give the same choice on every machine. Then takes the containers one after the other.
class Lots {
 public:
  /// `count` must be below `total`.
  Lots(std::uint64_t count, std::uint64_t total, std::uint64_t seed,
       std::pmr::memory_resource* memory);

  /// Adds those values of the next container that are in the sample.
  void Take(const Container& container, BitmapParts* result);
  /// The same of the next bitmap, or part of one.
  void Take(const BitmapView& view, BitmapParts* result);

 private:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  void Advance() {
    if (!cursor_.Next(&drawn_)) drawn_ = kNone;
  }

  // Fewer lots are needed to say who goes than who stays when most stay.
  bool drawn_stay_;
  Bitmap64Builder positions_;
  Bitmap64Cursor cursor_;
  std::uint64_t drawn_ = 0;   // the next position that was drawn
  std::uint64_t before_ = 0;  // positions of containers that have gone
  ContainerDraft draft_;
  std::pmr::vector<std::uint32_t> values_;
};

}  // namespace cdp::bitmap
