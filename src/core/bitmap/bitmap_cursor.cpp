#include "core/bitmap/bitmap_cursor.h"

#include <bit>

namespace cdp::bitmap {

bool BitmapCursor::Next(std::uint32_t* value) {
  std::uint32_t low = 0;
  while (true) {
    if (!inside_ && !Enter()) return false;
    if (NextInContainer(&low)) break;
    inside_ = false;
  }
  *value = container_.high | low;
  return true;
}

std::size_t BitmapCursor::Read(std::span<std::uint32_t> out) {
  std::size_t count = 0;
  while (count < out.size() && Next(&out[count])) ++count;
  return count;
}

bool BitmapCursor::Enter() {
  if (next_container_ == view_.containers()) return false;
  container_ = view_.At(next_container_++);
  position_ = 0;
  in_run_ = 0;
  if (container_.kind == ContainerKind::kBitset) word_ = container_.Word(0);
  inside_ = true;
  return true;
}

bool BitmapCursor::NextInContainer(std::uint32_t* low) {
  switch (container_.kind) {
    case ContainerKind::kArray:
      if (position_ == container_.cardinality) return false;
      *low = container_.Value(position_++);
      return true;
    case ContainerKind::kBitset:
      while (word_ == 0) {
        if (++position_ == kBitsetWords) return false;
        word_ = container_.Word(position_);
      }
      *low = position_ << 6 | static_cast<std::uint32_t>(std::countr_zero(word_));
      word_ &= word_ - 1;
      return true;
    case ContainerKind::kRun:
      if (position_ == container_.runs) return false;
      *low = container_.RunStart(position_) + in_run_;
      if (*low > 0xffff) MalformedBitmap();
      if (*low == container_.RunLast(position_)) {
        ++position_;
        in_run_ = 0;
      } else {
        ++in_run_;
      }
      return true;
  }
  return false;
}

}  // namespace cdp::bitmap
