/// Values of some of the ids of an index, by their places among these ids: what has changed of a
/// stored one, in as few bits as the values take, however far apart the ids are.
///
/// The bytes (docs/formats.md) are a header, a bit for each place that says whether it has a value,
/// then the values of all places as distances from the least one, all of the same width.
#pragma once

#include <memory_resource>
#include <optional>
#include <vector>

#include "core/bsi/bsi.h"

namespace cdp::bsi {

struct PackedHeader {
  std::uint8_t version;
  std::uint8_t width;  ///< bits of a distance
  std::uint8_t zero[2];
  std::uint32_t places;
  std::int64_t least;
};
static_assert(sizeof(PackedHeader) == 16);

/// The values that `value` has of these ids, portable bytes.
std::pmr::vector<std::byte> Packed(const BsiView& value, Bytes ids,
                                   std::pmr::memory_resource* memory);

/// Reads them in place; whatever the bytes are, never outside them.
class PackedView {
 public:
  /// Throws when the size is not the one that the header tells.
  explicit PackedView(Bytes bytes);

  std::uint32_t places() const { return header_.places; }
  /// How many places have a value.
  std::uint64_t Count() const;
  /// Nothing for a place beyond the last one, too.
  std::optional<std::int64_t> At(std::uint64_t place) const;

 private:
  PackedHeader header_;
  Bytes exists_;
  Bytes distances_;
};

/// What is packed stands in place of all that `value` has of these ids. Throws when there are not
/// as many ids as places.
Bsi Patched(const BsiView& value, Bytes ids, const PackedView& packed,
            std::pmr::memory_resource* memory);

}  // namespace cdp::bsi
