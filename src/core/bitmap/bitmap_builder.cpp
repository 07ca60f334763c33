#include "core/bitmap/bitmap_builder.h"

#include <algorithm>

#include "core/base/stop.h"
#include "core/bitmap/sort.h"

namespace cdp::bitmap {

void BitmapBuilder::Merge() {
  CheckStop();
  std::pmr::memory_resource* const memory = buffer_.get_allocator().resource();
  const std::size_t count = SortUnique(buffer_, memory);
  Bitmap batch = Bitmap::FromSorted(std::span(buffer_).first(count), memory);
  buffer_.clear();
  if (bitmap_.empty()) {
    bitmap_ = std::move(batch);
  } else {
    bitmap_.Apply(SetOperation::kOr, batch);
  }
  // A merge touches all of the bitmap, so a batch must be some part of it.
  const std::size_t share = bitmap_.PortableSize() / 16;
  buffer_limit_ = std::clamp(share, buffer_limit_, kMaxBuffer);
}

}  // namespace cdp::bitmap
