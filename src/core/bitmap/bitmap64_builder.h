/// Collects a 64-bit set from values and bitmaps in any order; the large state of the aggregates.
#pragma once

#include <vector>

#include "core/bitmap/bitmap64_writer.h"

namespace cdp::bitmap {

/// The union, or the symmetric difference, of everything given. Values wait in a buffer; bitmaps
/// are kept as blocks of portable bytes, the newest smallest, and two blocks are merged when the
/// newer is no longer much smaller than the older. So every byte is copied as many times as the
/// logarithm of the size says, however small the pieces come.
class Bitmap64Builder {
 public:
  Bitmap64Builder(std::pmr::memory_resource* memory, SetOperation operation)
      : memory_(memory), operation_(operation), buffer_(memory), blocks_(memory) {}

  /// For kOr only, as in a symmetric difference every repetition counts.
  void Add(std::uint64_t value) {
    if (buffer_.size() == buffer_limit_) [[unlikely]]
      Flush();
    buffer_.push_back(value);
  }
  /// The bytes are copied. `scratch` is used during the call only.
  void Add(Bytes bitmap, std::pmr::memory_resource* scratch);

  SetOperation operation() const { return operation_; }
  /// Everything so far as portable bytes, which live until the next change.
  Bytes Result(std::pmr::memory_resource* scratch);

 private:
  using Block = std::pmr::vector<std::byte>;

  void Flush();
  void Push(const BucketList& list);
  void Settle(std::size_t keep, std::pmr::memory_resource* scratch);

  std::pmr::memory_resource* memory_;
  SetOperation operation_;
  std::pmr::vector<std::uint64_t> buffer_;
  std::size_t buffer_limit_ = kMinBuffer;
  std::pmr::vector<Block> blocks_;

  static constexpr std::size_t kMinBuffer = 2048;
  static constexpr std::size_t kMaxBuffer = 1 << 17;
};

}  // namespace cdp::bitmap
