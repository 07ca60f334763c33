/// A container's values as bits, for work that treats all kinds alike.
#pragma once

#include <array>
#include <bit>

#include "core/bitmap/bitmap_view.h"

namespace cdp::bitmap {

/// Bit `low` of the 65536 says whether the value is there.
using Words = std::array<std::uint64_t, kBitsetWords>;

inline const std::byte* BytesOf(const Words& words) {
  return reinterpret_cast<const std::byte*>(words.data());
}
inline std::byte* BytesOf(Words* words) { return reinterpret_cast<std::byte*>(words->data()); }

/// Calls `body(word, mask)` for every word that bits `first` to `last` touch.
template <class Body>
void ForEachWord(std::uint32_t first, std::uint32_t last, Body body) {
  for (std::uint32_t word = first >> 6; word <= last >> 6; ++word) {
    std::uint64_t mask = ~std::uint64_t{0};
    if (word == first >> 6) mask &= ~std::uint64_t{0} << (first & 63);
    if (word == last >> 6) mask &= ~std::uint64_t{0} >> (63 - (last & 63));
    body(word, mask);
  }
}

inline void SetBits(Words* words, std::uint32_t first, std::uint32_t last) {
  ForEachWord(first, last, [words](std::uint32_t i, std::uint64_t mask) { (*words)[i] |= mask; });
}

/// Sets the bits of a container's values; the others stay as they are.
void SetBits(Words* words, const Container& container);

inline std::uint32_t CountBits(const Words& words) { return CountBits(BytesOf(words)); }

/// The last value of run `i`, which an error replaces when a corrupt container ends beyond 65535.
inline std::uint32_t CheckedRunLast(const Container& container, std::uint32_t i) {
  const std::uint32_t last = container.RunLast(i);
  if (last > 0xffff) MalformedBitmap();
  return last;
}

}  // namespace cdp::bitmap
