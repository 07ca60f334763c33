/// Reads a sealed timeline in place.
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

  std::size_t count() const { return header_.count; }
  Micros first() const { return header_.first; }
  Micros last() const { return header_.last; }
  std::uint64_t code_bits() const { return header_.code_bits; }
  const ImageHeader& header() const { return header_; }
  Shape shape() const { return shape_; }

  /// Codes as the column holds them; unaligned when wider than a byte.
  const std::byte* codes() const { return codes_; }
  const std::byte* controls() const { return controls_; }
  std::span<const std::byte> deltas() const { return deltas_; }

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

  /// Writes all events at `out`, which has room for count().
  void CopyEvents(Event* out) const;

 private:
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
  std::span<const std::byte> deltas_;
};

/// Decodes the instants of a timeline block by block, in order.
class TimeReader {
 public:
  static constexpr std::size_t kBlock = 64;

  explicit TimeReader(const View& view)
      : at_(static_cast<std::uint64_t>(view.first())),
        tick_(kTicks[view.shape().tick]),
        set_(view.shape().lengths),
        left_(view.count()),
        control_(view.controls()),
        delta_(view.deltas().data()),
        end_(view.deltas().data() + view.deltas().size()) {}

  /// Writes the next instants, at most kBlock, and returns how many; 0 at the end. Throws
  /// kCorruptData where the deltas end early.
  std::size_t Next(Micros* out);

  /// Bytes of deltas that were not read.
  std::size_t unread() const { return static_cast<std::size_t>(end_ - delta_); }

 private:
  std::uint64_t at_;
  std::uint64_t tick_;
  unsigned set_;
  std::size_t left_;
  bool started_ = false;
  const std::byte* control_;
  const std::byte* delta_;
  const std::byte* end_;
};

/// Calls visit(instant, code) for every event in order.
template <class Visit>
void ForEachEvent(const View& view, Visit&& visit) {
  TimeReader times(view);
  Micros block[TimeReader::kBlock];
  std::size_t index = 0;
  while (const std::size_t n = times.Next(block)) {
    for (std::size_t i = 0; i < n; ++i) visit(block[i], view.CodeAt(index + i));
    index += n;
  }
}

}  // namespace cdp::timeline
