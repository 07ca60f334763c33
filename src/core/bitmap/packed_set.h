/// Sets in hardly more bytes than a random one takes at least: for what is written often and read
/// as a whole. Where one value in a hundred is in the set, each takes a byte, in a bitmap two.
///
/// The bytes (docs/formats.md) are a table with an entry for each 65536 values of which any are in
/// the set, then for each entry the gaps between its values in a Rice code: the low bits of a gap
/// as they are, before them the rest of it in zeros and a one.
#pragma once

#include <memory_resource>
#include <optional>
#include <vector>

#include "core/bitmap/bitmap_view.h"

namespace cdp::bitmap {

/// The bytes of a set; the same for the same values.
std::pmr::vector<std::byte> PackedSet(const BitmapView& set, std::pmr::memory_resource* memory);

/// Reads them in place; whatever the bytes are, never outside them.
class PackedSetView {
 public:
  /// Throws unless the table is one and the sizes are those it tells.
  explicit PackedSetView(Bytes bytes);

  std::uint64_t Count() const;
  /// All, ascending. Throws, as the next, when an entry does not hold what the table tells.
  std::pmr::vector<std::uint32_t> Values(std::pmr::memory_resource* memory) const;
  /// How many of the set are below this value; nothing when it is not one of them.
  std::optional<std::uint64_t> PlaceOf(std::uint32_t value) const;

 private:
  Bytes table_;
  Bytes codes_;
};

}  // namespace cdp::bitmap
