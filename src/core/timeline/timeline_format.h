/// The bytes of a timeline: what docs/formats.md says, as constants.
///
/// A sealed image is a header, the lengths of the optional columns, then columns: codes
/// (`code_width` bytes each), the distances in ticks from event to event as groups of numbers (see
/// number_groups.h; the first event has none, the header holds its time), then values and
/// properties, each only when some event has one. There is exactly one image for a list of events,
/// so equal timelines are equal bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/time.h"
#include "core/timeline/event.h"
#include "core/timeline/number_groups.h"

namespace cdp::timeline {

inline constexpr std::uint8_t kSealedVersion = 1;
/// The form that aggregates grow; never leaves the server.
inline constexpr std::uint8_t kBuildVersion = 0x81;

/// Fits one value of the server in the form that aggregates grow.
inline constexpr std::size_t kMaxEvents = std::size_t{1} << 26;

/// Finite instants that the server can show: 4713-11-24 BC to the end of 294276.
inline constexpr Micros kMinInstant = -211'813'488'000'000'000;
inline constexpr Micros kEndInstant = 9'223'371'331'200'000'000;

struct ImageHeader {
  std::uint8_t version;
  std::uint8_t flags;  ///< optional columns: bit 0 values, bit i property i (1 to kMaxProperties)
  std::uint8_t shape;  ///< bits 0-1 tick, 2-3 log2 of the code width, 4-5 length set
  std::uint8_t zero;
  std::uint32_t count;
  Micros first;
  Micros last;
  std::uint64_t code_bits;  ///< CodeBit of every code

  friend bool operator==(const ImageHeader&, const ImageHeader&) = default;
};
static_assert(sizeof(ImageHeader) == 32);

/// A code's bit in the set by which a timeline is rejected at a glance.
constexpr std::uint64_t CodeBit(std::int32_t code) {
  return std::uint64_t{1} << (static_cast<std::uint32_t>(code) & 63);
}

/// Ticks from fine to coarse; an image takes the coarsest that divides every delta.
inline constexpr std::array<std::uint64_t, 3> kTicks = {1, 1'000, 1'000'000};

/// Values and properties: the columns that a timeline may have or not.
inline constexpr int kOptionalColumns = 1 + kMaxProperties;
inline constexpr std::uint8_t kKnownFlags = (1u << kOptionalColumns) - 1;

/// The parts of the shape byte.
struct Shape {
  unsigned tick;        ///< index into kTicks
  unsigned width_log2;  ///< 0, 1, 2: codes take 1, 2, 4 bytes
  unsigned lengths;     ///< index into kLengthSets

  static constexpr Shape Unpack(std::uint8_t byte) {
    return {byte & 3u, (byte >> 2) & 3u, (byte >> 4) & 3u};
  }
  constexpr std::uint8_t Pack() const {
    return static_cast<std::uint8_t>(tick | (width_log2 << 2) | (lengths << 4));
  }
  /// Unpack() of a byte that no writer writes has a part out of range or high bits.
  constexpr bool Known(std::uint8_t byte) const {
    return tick < kTicks.size() && width_log2 < 3 && lengths < kLengthSets.size() && byte < 64;
  }
};

/// The first byte of a value column: bits 0-1 length set, bit 2: some events have no value, and a
/// bitmap says which have.
inline constexpr std::uint8_t kSparseValues = 4;

/// The first byte of a property column: bits 0-2 the width of a symbol (index into kSymbolBits),
/// bit 3: symbol 0 means absent, bit 4: the others count in a dictionary and not from a base.
inline constexpr std::array<std::uint8_t, 7> kSymbolBits = {0, 1, 2, 4, 8, 16, 32};
inline constexpr std::uint8_t kAbsentSymbol = 8;
inline constexpr std::uint8_t kDictionary = 16;

/// Bytes of `count` symbols of so many bits each; the bits of the last that stand for none are
/// zero.
constexpr std::size_t SymbolBytes(std::size_t count, unsigned bits) {
  return (count * bits + 7) / 8;
}

}  // namespace cdp::timeline
