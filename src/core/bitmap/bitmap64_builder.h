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

/// The first bytes of a partial state of rb64_build_agg that is small: values as they came, in a
/// second form of the type's bytes. No portable bitmap begins with them, for their number of
/// buckets would be beyond 2^32. Where one turns up it means the set of its values.
inline constexpr std::uint64_t kBuildCookie64 = 0x31302d3436424443;  // "CDB64-01"
/// The cookie, and the number of values; room for more values may follow them.
inline constexpr std::size_t kBuildHeaderBytes64 = 12;

bool IsBuildState64(Bytes bytes);
/// The values, in any order; the count is checked against the bytes.
std::pmr::vector<std::uint64_t> BuildStateValues64(Bytes bytes, std::pmr::memory_resource* memory);

}  // namespace cdp::bitmap
