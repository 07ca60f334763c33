/// How long something takes, over many: a histogram that merges exactly and answers any quantile.
///
/// Bins are as wide as a power of two allows: spans below 128 microseconds each have their own,
/// above that an octave has 64 bins. A quantile is the middle of the bin in which it lies, so its
/// relative error is at most 1/128. Layout of the bytes: docs/formats.md.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

namespace cdp::behavior {

inline constexpr int kOctaveBits = 6;
inline constexpr std::uint32_t kBins = (64 - kOctaveBits + 1) << kOctaveBits;

/// The bin of a span in microseconds.
constexpr std::uint32_t BinOf(std::uint64_t span) {
  const int shift = std::bit_width(span >> (kOctaveBits + 1));
  return (static_cast<std::uint32_t>(shift) << kOctaveBits) +
         static_cast<std::uint32_t>(span >> shift);
}
static_assert(BinOf(127) == 127 && BinOf(128) == 128 && BinOf(~std::uint64_t{0}) == kBins - 1);

/// The middle of a bin, in microseconds.
constexpr std::uint64_t MiddleOf(std::uint32_t bin) {
  const int shift = bin >> (kOctaveBits + 1) == 0 ? 0 : static_cast<int>(bin >> kOctaveBits) - 1;
  const std::uint64_t top = bin - (static_cast<std::uint32_t>(shift) << kOctaveBits);
  return (top << shift) + ((std::uint64_t{1} << shift) - 1) / 2;
}

/// A sketch in memory.
class DurationSketch {
 public:
  explicit DurationSketch(std::pmr::memory_resource* memory) : counts_(memory) {}

  bool empty() const { return counts_.empty(); }
  void Add(std::uint64_t span) { AddToBin(BinOf(span), 1); }
  /// Takes in encoded bytes; throws kCorruptData when they are none.
  void Merge(std::span<const std::byte> bytes);

  std::size_t EncodedSize() const;
  /// Writes EncodedSize() bytes and returns their end.
  std::byte* Encode(std::byte* out) const;

 private:
  void AddToBin(std::uint32_t bin, std::uint64_t count);
  template <class Body>
  void ForEachBin(Body body) const;

  std::uint32_t first_ = 0;  // bin of the first counter
  std::pmr::vector<std::uint64_t> counts_;
};

/// The span below or at which the given share of all spans lies: the one at rank ceil(share * n),
/// at least the first. Nothing when there are none. Throws kCorruptData for bytes that are no
/// sketch.
std::optional<std::uint64_t> QuantileOf(std::span<const std::byte> bytes, double share);

}  // namespace cdp::behavior
