/// A bit-sliced index read in place: an int8 value for each of its ids.
///
/// The bytes (docs/formats.md) are a header, then portable bitmaps without runs: the ids, and for
/// each bit, lowest first, the ids whose value has it. A value is taken as its distance from the
/// least one, so that no sign is needed, and dates or amounts far from zero take no more bits than
/// they differ by. There is exactly one image for a map of ids to values.
#pragma once

#include <array>
#include <bit>
#include <optional>

#include "core/base/byte_source.h"
#include "core/bitmap/bitmap_view.h"

namespace cdp::bsi {

using bitmap::BitmapView;
using bitmap::Bytes;

inline constexpr std::uint8_t kSealedVersion = 1;
/// The form that aggregates grow.
inline constexpr std::uint8_t kBuildVersion = 0x81;
inline constexpr std::uint32_t kMaxSlices = 64;

struct ImageHeader {
  std::uint8_t version;
  std::uint8_t slices;
  std::uint8_t zero[6];
  std::uint64_t count;    ///< of the ids
  std::int64_t least;     ///< of the values; 0 when there are none
  std::int64_t greatest;  ///< likewise
};
static_assert(sizeof(ImageHeader) == 32);

/// How many bits the distances up to `greatest` take.
inline std::uint32_t SlicesFor(std::int64_t least, std::int64_t greatest) {
  return static_cast<std::uint32_t>(
      std::bit_width(static_cast<std::uint64_t>(greatest) - static_cast<std::uint64_t>(least)));
}

/// The header of bytes of which the first are given; throws when it contradicts itself.
ImageHeader ReadHeader(Bytes front);

/// Never reads outside the bytes, whatever they are: bytes that are none raise an error or, where
/// only what the bitmaps hold is wrong, give a wrong answer. They must outlive the view.
class BsiView {
 public:
  explicit BsiView(Bytes image);

  std::uint64_t count() const { return header_.count; }
  bool empty() const { return header_.count == 0; }
  std::int64_t least() const { return header_.least; }
  std::int64_t greatest() const { return header_.greatest; }
  std::uint32_t slices() const { return header_.slices; }

  Bytes id_bytes() const { return parts_[0]; }
  BitmapView ids() const { return BitmapView(parts_[0]); }
  Bytes slice_bytes(std::uint32_t i) const { return parts_[i + 1]; }
  /// The ids whose distance from the least value has bit `i`.
  BitmapView slice(std::uint32_t i) const { return BitmapView(parts_[i + 1]); }

  /// The value at this distance from the least one.
  std::int64_t ValueAt(std::uint64_t distance) const {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(least()) + distance);
  }
  /// The other way round; the value must not be below the least one.
  std::uint64_t DistanceOf(std::int64_t value) const {
    return static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(least());
  }

 private:
  ImageHeader header_;
  std::array<Bytes, kMaxSlices + 1> parts_;
};

/// Holds the sum of any values that an index can have.
__extension__ using Sum128 = __int128;

/// Count and sum of all values, from the headers of the bitmaps.
struct Total {
  std::uint64_t count;
  Sum128 sum;
};
Total TotalOf(ByteSource* image);

/// The value of an id, from a few pieces of the image.
std::optional<std::int64_t> ValueOf(ByteSource* image, std::uint32_t id);
std::optional<std::int64_t> ValueOf(const BsiView& view, std::uint32_t id);

}  // namespace cdp::bsi
