/// The parts of a sealed timeline, in place. What reads the events is timeline_reader.h.
#pragma once

#include <array>
#include <cstring>
#include <span>

#include "core/timeline/timeline_format.h"

namespace cdp::timeline {

[[noreturn]] void RefuseHeader(const ImageHeader& header);

/// Throws kCorruptData when a header says what no writer writes.
inline void CheckHeader(const ImageHeader& header) {
  if ((header.flags & ~kKnownFlags) != 0 || header.zero != 0 ||
      !Shape::Unpack(header.shape).Known(header.shape) || header.count > kMaxEvents) [[unlikely]] {
    RefuseHeader(header);
  }
}

/// A timeline's bytes, at any alignment. Opening checks that the columns lie within them, and
/// readers never pass their end, whatever they hold; that the content is what a writer wrote is
/// checked by CheckImage at the doors only.
class View {
 public:
  /// Throws kCorruptData when the bytes are no sealed timeline.
  explicit View(std::span<const std::byte> image);
  /// Of a timeline whose header is kept elsewhere: `body` is what follows it in an image, and up to
  /// `readable_end`, not before its end, bytes may be loaded.
  View(const ImageHeader& header, std::span<const std::byte> body, const std::byte* readable_end)
      : View(header, readable_end) {
    Open(body);
  }

  std::size_t count() const { return count_; }
  Micros first() const { return first_; }
  Micros last() const { return last_; }

  /// CodeBit of every code: a timeline whose set lacks a bit has no event of that code.
  std::uint64_t code_bits() const { return code_bits_; }
  ImageHeader header() const {
    return {kSealedVersion, flags_, shape_.Pack(), 0, count_, first_, last_, code_bits_};
  }
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
  bool has_values() const { return (flags_ & 1) != 0; }
  bool has_property(int which) const { return (flags_ >> which & 1) != 0; }

  /// The controls of the distances, and their bytes.
  const std::byte* controls() const { return controls_; }
  std::span<const std::byte> deltas() const { return {deltas_, column_at_[0]}; }

  /// The bytes of an optional column: 0 values, 1 to kMaxProperties a property; empty when the
  /// timeline has none.
  std::span<const std::byte> column(int which) const {
    return {column_at_[which], column_at_[which + 1]};
  }

  /// Up to here bytes may be loaded, whatever they belong to.
  const std::byte* end() const { return end_; }

 private:
  View(const ImageHeader& header, const std::byte* readable_end)
      : count_(header.count),
        flags_(header.flags),
        shape_(Shape::Unpack(header.shape)),
        first_(header.first),
        last_(header.last),
        code_bits_(header.code_bits),
        end_(readable_end) {
    CheckHeader(header);
  }

  /// Bytes of the codes and of the controls behind them.
  std::size_t FrontBytes() const {
    return (std::size_t{count_} << shape_.width_log2) +
           ControlBytes(std::size_t{count_} - (count_ != 0 ? 1 : 0));
  }

  /// Timelines are many and most are short, so that of the usual ones, those with values, a
  /// property, both or neither, the lengths are read without branches.
  void Open(std::span<const std::byte> body) {
    if (flags_ > 3 || body.size() < sizeof(std::uint32_t)) return OpenAny(body);
    const std::uint32_t values = flags_ & 1u;
    const std::uint32_t property = flags_ >> 1;
    std::uint32_t word;
    std::memcpy(&word, body.data(), sizeof(word));
    const std::uint32_t value_length = ShortVarint(word) & (0 - values);
    const std::uint32_t value_bytes = values + (word >> 7 & values);
    word >>= 8 * value_bytes;
    const std::uint32_t property_length = ShortVarint(word) & (0 - property);
    const std::uint32_t property_bytes = property + (word >> 7 & property);
    const std::size_t columns = std::size_t{value_length} + property_length;
    const std::size_t before = value_bytes + property_bytes + FrontBytes();
    if (value_length > kShortVarint || property_length > kShortVarint ||
        before + columns > body.size()) [[unlikely]] {
      return OpenAny(body);
    }
    codes_ = body.data() + value_bytes + property_bytes;
    controls_ = codes_ + (std::size_t{count_} << shape_.width_log2);
    deltas_ = body.data() + before;
    const std::byte* const end = body.data() + body.size();
    column_at_[0] = end - columns;
    column_at_[1] = end - property_length;
    for (int which = 2; which <= kOptionalColumns; ++which) column_at_[which] = end;
  }

  /// A number of one byte or two, at the beginning of a word; greater than kShortVarint where it
  /// has more.
  static std::uint32_t ShortVarint(std::uint32_t word) {
    const std::uint32_t more = 0 - (word >> 7 & 1);
    return (word & 0x7f) + ((word >> 1 & 0x7f80) & more);
  }
  static constexpr std::uint32_t kShortVarint = 0x3fff;

  void OpenAny(std::span<const std::byte> body);

  template <class T>
  std::int32_t CodeAs(std::size_t index) const {
    T code;
    std::memcpy(&code, codes_ + index * sizeof(T), sizeof(T));
    return static_cast<std::int32_t>(code);
  }

  // The header's numbers one by one: as a whole it would be copied from where they were just
  // written one by one, and a load over several stores waits for them.
  std::uint32_t count_;
  std::uint8_t flags_;
  Shape shape_;
  Micros first_;
  Micros last_;
  std::uint64_t code_bits_;
  const std::byte* codes_;
  const std::byte* controls_;
  const std::byte* end_;
  const std::byte* deltas_;
  /// Where each optional column begins, and where the last one ends; the first ends the deltas.
  std::array<const std::byte*, kOptionalColumns + 1> column_at_;
};

/// The header alone, from the first sizeof(ImageHeader) bytes of an image or more: what a slice of
/// a value stored out of line holds. Throws kCorruptData when they are no sealed timeline's.
ImageHeader ReadHeader(std::span<const std::byte> beginning);

}  // namespace cdp::timeline
