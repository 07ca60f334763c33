/// The parts of a sealed timeline, in place. What reads the events is timeline_reader.h.
#pragma once

#include <cstring>
#include <span>

#include "core/timeline/timeline_format.h"

namespace cdp::timeline {

/// A timeline's bytes, at any alignment. Opening checks that the columns lie within them, and
/// readers never pass their end, whatever they hold; that the content is what a writer wrote is
/// checked by CheckImage at the doors only.
class View {
 public:
  /// Throws kCorruptData when the bytes are no sealed timeline.
  explicit View(std::span<const std::byte> image);
  /// Of a timeline whose header is kept elsewhere: `body` is what follows it in an image, and up to
  /// `readable_end`, not before its end, bytes may be loaded.
  View(const ImageHeader& header, std::span<const std::byte> body, const std::byte* readable_end);

  std::size_t count() const { return header_.count; }
  Micros first() const { return header_.first; }
  Micros last() const { return header_.last; }

  /// CodeBit of every code: a timeline whose set lacks a bit has no event of that code.
  std::uint64_t code_bits() const { return header_.code_bits; }
  const ImageHeader& header() const { return header_; }
  Shape shape() const { return shape_; }

  /// Codes as the column holds them, 1, 2 or 4 bytes each (1 << shape().width_log2); unaligned when
  /// wider than a byte.
  const std::byte* codes() const { return codes_; }

  std::int32_t CodeAt(std::size_t index) const {
    switch (shape_.width_log2) {
      case 0:
        return std::to_integer<std::int32_t>(codes_[index]);
      case 1:
        return CodeAs<std::uint16_t>(index);
      default:
        return CodeAs<std::int32_t>(index);
    }
  }

  /// Whether some event has a value, or property `which` (1 to kMaxProperties).
  bool has_values() const { return (header_.flags & 1) != 0; }
  bool has_property(int which) const { return (header_.flags >> which & 1) != 0; }

  /// The controls of the distances, and their bytes.
  const std::byte* controls() const { return controls_; }
  std::span<const std::byte> deltas() const { return deltas_; }

  /// The bytes of an optional column: 0 values, 1 to kMaxProperties a property; empty when the
  /// timeline has none.
  std::span<const std::byte> column(int which) const { return columns_[which]; }

  /// Up to here bytes may be loaded, whatever they belong to.
  const std::byte* end() const { return end_; }

 private:
  void Open(std::span<const std::byte> body);

  template <class T>
  std::int32_t CodeAs(std::size_t index) const {
    T code;
    std::memcpy(&code, codes_ + index * sizeof(T), sizeof(T));
    return static_cast<std::int32_t>(code);
  }

  ImageHeader header_;
  Shape shape_;
  const std::byte* codes_;
  const std::byte* controls_;
  const std::byte* end_;
  std::span<const std::byte> deltas_;
  std::array<std::span<const std::byte>, kOptionalColumns> columns_;
};

/// The header alone, from the first sizeof(ImageHeader) bytes of an image or more: what a slice of
/// a value stored out of line holds. Throws kCorruptData when they are no sealed timeline's.
ImageHeader ReadHeader(std::span<const std::byte> beginning);

}  // namespace cdp::timeline
