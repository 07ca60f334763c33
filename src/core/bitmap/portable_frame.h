/// What stands around the containers of a bitmap's portable bytes.
#pragma once

#include "core/bitmap/format.h"

namespace cdp::bitmap {

/// Sums up a bitmap before it is written.
struct PortableFrame {
  std::uint32_t containers = 0;
  bool any_run = false;
  std::size_t data_bytes = 0;

  void Add(bool is_run, std::size_t bytes) {
    ++containers;
    any_run = any_run || is_run;
    data_bytes += bytes;
  }
  bool HasOffsets() const { return !any_run || containers >= kOffsetsWithRunsFrom; }
  std::size_t HeaderBytes() const {
    const std::size_t begin = any_run ? 4 + (containers + 7) / 8 : 8;
    return begin + containers * (HasOffsets() ? std::size_t{8} : std::size_t{4});
  }
  std::size_t size() const { return HeaderBytes() + data_bytes; }
};

/// Writes the header entry by entry, while the caller fills in the containers.
class PortableCursor {
 public:
  PortableCursor(const PortableFrame& frame, std::byte* out);

  /// Where the next container, in ascending order, has its `bytes` bytes.
  std::byte* Next(std::uint16_t key, std::uint32_t cardinality, bool is_run, std::size_t bytes);

 private:
  std::byte* out_;
  std::byte* run_flags_ = nullptr;
  std::byte* keys_;
  std::byte* offsets_ = nullptr;
  std::byte* data_;
  std::uint32_t written_ = 0;
};

}  // namespace cdp::bitmap
