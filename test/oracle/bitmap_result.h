/// Results of bitmap functions as plain sets, checked on the way by the Roaring library's
/// validator.
#pragma once

#include "core/bitmap/bitmap.h"
#include "core/bitmap/bitmap_parts.h"
#include "oracle/bitmap.h"
#include "roaring.h"

namespace cdp::oracle {

/// The bytes that `build(&parts)` puts together.
template <class Build>
std::vector<std::byte> Built(Build build) {
  bitmap::BitmapParts parts(std::pmr::new_delete_resource());
  build(&parts);
  std::vector<std::byte> bytes(parts.size());
  parts.Write(bytes.data());
  return bytes;
}

/// Raises an error unless the bytes are a bitmap by the letter of the format.
inline bitmap::Bitmap Valid(const std::vector<std::byte>& bytes) {
  return bitmap::Bitmap::FromPortable(bytes);
}

inline Set ValuesOf(const std::vector<std::byte>& bytes) {
  Valid(bytes);
  const bitmap::BitmapView view(bytes);
  Values values(view.Cardinality());
  view.Decode(values.data());
  return Set(values.begin(), values.end());
}

/// The same bitmap after the library's own optimisation.
inline std::vector<std::byte> RunOptimized(const std::vector<std::byte>& bytes) {
  roaring_bitmap_t* raw = roaring_bitmap_portable_deserialize_safe(
      reinterpret_cast<const char*>(bytes.data()), bytes.size());
  roaring_bitmap_run_optimize(raw);
  std::vector<std::byte> result(roaring_bitmap_portable_size_in_bytes(raw));
  roaring_bitmap_portable_serialize(raw, reinterpret_cast<char*>(result.data()));
  roaring_bitmap_free(raw);
  return result;
}

}  // namespace cdp::oracle
