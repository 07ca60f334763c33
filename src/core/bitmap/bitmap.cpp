#include "core/bitmap/bitmap.h"

#include <memory_resource>
#include <new>
#include <vector>

#include "core/base/error.h"
#include "core/bitmap/bitmap_writer.h"
#include "roaring.h"

namespace cdp::bitmap {

Bitmap::Bitmap() : raw_(roaring_bitmap_create()) {
  if (raw_ == nullptr) throw std::bad_alloc();
}

Bitmap::~Bitmap() {
  if (raw_ != nullptr) roaring_bitmap_free(raw_);
}

// The library promises nothing about a bitmap whose change was cut short, so it must not even be
// freed; the allocator's owner takes the memory back.
template <class Body>
void Bitmap::Change(Body body) {
  roaring_bitmap_t* raw = std::exchange(raw_, nullptr);
  body(raw);
  raw_ = raw;
}

Bitmap Bitmap::FromPortable(Bytes bytes, std::size_t* size) {
  if (size != nullptr) {
    *size = roaring_bitmap_portable_deserialize_size(reinterpret_cast<const char*>(bytes.data()),
                                                     bytes.size());
    if (*size == 0) MalformedBitmap();
  }
  Bitmap bitmap(roaring_bitmap_portable_deserialize_safe(
      reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  if (bitmap.raw_ == nullptr) MalformedBitmap();
  const char* reason = nullptr;
  if (!roaring_bitmap_internal_validate(bitmap.raw_, &reason)) {
    InvalidBitmap(reason != nullptr ? reason : "unknown");
  }
  return bitmap;
}

// Laid out as bytes at first: whole containers cost a third of values that are added one by one.
Bitmap Bitmap::FromSorted(std::span<const std::uint32_t> values,
                          std::pmr::memory_resource* memory) {
  const PortableWriter writer(values);
  std::pmr::vector<std::byte> bytes(writer.size(), memory);
  writer.Write(bytes.data());
  Bitmap bitmap(roaring_bitmap_portable_deserialize_safe(
      reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  if (bitmap.raw_ == nullptr) throw Error(ErrorCode::kInternal, "bitmap of sorted values is none");
  return bitmap;
}

void Bitmap::Apply(SetOperation operation, const Bitmap& other) {
  Change([operation, &other](roaring_bitmap_t* raw) {
    switch (operation) {
      case SetOperation::kAnd:
        return roaring_bitmap_and_inplace(raw, other.raw_);
      case SetOperation::kOr:
        return roaring_bitmap_or_inplace(raw, other.raw_);
      case SetOperation::kXor:
        return roaring_bitmap_xor_inplace(raw, other.raw_);
      case SetOperation::kAndNot:
        return roaring_bitmap_andnot_inplace(raw, other.raw_);
    }
  });
}

void Bitmap::Add(std::uint32_t value) {
  Change([value](roaring_bitmap_t* raw) { roaring_bitmap_add(raw, value); });
}

void Bitmap::Remove(std::uint32_t value) {
  Change([value](roaring_bitmap_t* raw) { roaring_bitmap_remove(raw, value); });
}

bool Bitmap::empty() const { return roaring_bitmap_is_empty(raw_); }

std::uint64_t Bitmap::Cardinality() const { return roaring_bitmap_get_cardinality(raw_); }

std::size_t Bitmap::PortableSize() const { return roaring_bitmap_portable_size_in_bytes(raw_); }

void Bitmap::WritePortable(std::byte* out) const {
  roaring_bitmap_portable_serialize(raw_, reinterpret_cast<char*>(out));
}

}  // namespace cdp::bitmap
