/// Values to portable bytes, without a bitmap in between.
#pragma once

#include <span>

#include "core/bitmap/format.h"

namespace cdp::bitmap {

/// Lays out ascending values without duplicates as arrays and bitsets. The values must outlive it.
class PortableWriter {
 public:
  explicit PortableWriter(std::span<const std::uint32_t> values);

  std::size_t size() const { return size_; }
  /// Writes size() bytes.
  void Write(std::byte* out) const;

 private:
  std::span<const std::uint32_t> values_;
  std::uint32_t containers_ = 0;
  std::size_t size_ = 0;
};

}  // namespace cdp::bitmap
