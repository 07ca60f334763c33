#include "core/bitmap/bitmap64_builder.h"

#include <algorithm>

#include "core/base/stop.h"
#include "core/bitmap/bitmap64_set.h"
#include "core/bitmap/sort.h"

namespace cdp::bitmap {

void Bitmap64Builder::Push(const BucketList& list) {
  Block block(list.size(), memory_);
  list.Write(block.data());
  blocks_.push_back(std::move(block));
}

void Bitmap64Builder::Flush() {
  CheckStop();
  const std::size_t count = SortUnique(std::span<std::uint64_t>(buffer_), memory_);
  {
    BucketList list(memory_);
    AppendSorted(std::span<const std::uint64_t>(buffer_).first(count), &list);
    Push(list);
  }
  buffer_.clear();
  Settle(blocks_.size(), memory_);
  // A longer buffer pays once there is much to merge it with.
  const std::size_t share = blocks_.front().size() / 64;
  buffer_limit_ = std::clamp(share, buffer_limit_, kMaxBuffer);
}

// Merges the newest blocks until there are at most `keep` and each is less than half of the one
// before it.
void Bitmap64Builder::Settle(std::size_t keep, std::pmr::memory_resource* scratch) {
  while (blocks_.size() > 1) {
    Block& older = blocks_[blocks_.size() - 2];
    Block& newer = blocks_.back();
    if (blocks_.size() <= keep && newer.size() < older.size() / 2) return;
    BucketList list(scratch);
    AppendCombined(operation_, older, newer, &list);
    Block merged(list.size(), memory_);
    list.Write(merged.data());
    blocks_.pop_back();
    blocks_.back() = std::move(merged);
  }
}

void Bitmap64Builder::Add(Bytes bitmap, std::pmr::memory_resource* scratch) {
  blocks_.emplace_back(bitmap.begin(), bitmap.end());
  Settle(blocks_.size(), scratch);
}

Bytes Bitmap64Builder::Result(std::pmr::memory_resource* scratch) {
  if (!buffer_.empty() || blocks_.empty()) Flush();
  Settle(1, scratch);
  return blocks_.front();
}

}  // namespace cdp::bitmap
