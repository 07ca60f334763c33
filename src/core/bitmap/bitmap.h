/// A bitmap in memory that can change. Only reading? BitmapView needs no copy.
#pragma once

#include <memory_resource>
#include <span>
#include <utility>

#include "core/bitmap/kernels.h"

namespace roaring::api {
struct roaring_bitmap_s;
}

namespace cdp::bitmap {

/// Owns memory of the installed allocator; one that is never destroyed leaks nothing else. When an
/// allocation fails inside a change, the exception passes and the bitmap is lost: afterwards it
/// can only be destroyed or assigned.
class Bitmap {
 public:
  Bitmap();
  Bitmap(Bitmap&& other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
  Bitmap& operator=(Bitmap&& other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  Bitmap(const Bitmap&) = delete;
  Bitmap& operator=(const Bitmap&) = delete;
  ~Bitmap();

  /// Reads portable bytes of any origin: everything in them is checked, what follows the last
  /// container and the table of offsets are ignored. `size`, if given, is how many bytes it had.
  static Bitmap FromPortable(Bytes bytes, std::size_t* size = nullptr);
  /// Values ascending, without duplicates; `memory` lends room.
  static Bitmap FromSorted(std::span<const std::uint32_t> values,
                           std::pmr::memory_resource* memory);

  void Apply(SetOperation operation, const Bitmap& other);
  void Add(std::uint32_t value);
  void Remove(std::uint32_t value);

  bool empty() const;
  std::uint64_t Cardinality() const;
  std::size_t PortableSize() const;
  /// Writes PortableSize() bytes.
  void WritePortable(std::byte* out) const;

 private:
  explicit Bitmap(roaring::api::roaring_bitmap_s* raw) : raw_(raw) {}
  template <class Body>
  void Change(Body body);

  roaring::api::roaring_bitmap_s* raw_;
};

}  // namespace cdp::bitmap
