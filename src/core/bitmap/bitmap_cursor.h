/// Walks a bitmap's values one at a time, in place; for callers that stop and come back.
#pragma once

#include <span>

#include "core/bitmap/bitmap_view.h"

namespace cdp::bitmap {

class BitmapCursor {
 public:
  explicit BitmapCursor(Bytes bytes) : view_(bytes) {}

  /// The next value in ascending order; false after the last.
  bool Next(std::uint32_t* value);
  /// As many of the next values as there is room for; fewer, or none, when they come to their end.
  std::size_t Read(std::span<std::uint32_t> out);

 private:
  bool Enter();
  bool NextInContainer(std::uint32_t* low);

  BitmapView view_;
  std::uint32_t next_container_ = 0;
  bool inside_ = false;
  Container container_ = {};
  std::uint32_t position_ = 0;  // of the next array value, of the word, or of the run
  std::uint64_t word_ = 0;      // bits of the word at position_ that are still to come
  std::uint32_t in_run_ = 0;    // values of the run at position_ that have gone
};

}  // namespace cdp::bitmap
