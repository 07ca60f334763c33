/// The bytes of a timeline: what docs/formats.md says, as constants.
///
/// A sealed image is a header, then columns: codes (`code_width` bytes each), controls (two bits
/// a delta, four deltas a byte), deltas (the distance to the event before in ticks, each in one of
/// four lengths that its control names). The first event has no delta: the header holds its time.
/// There is exactly one image for a list of events, so equal timelines are equal bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/time.h"
#include "core/timeline/stamped.h"

namespace cdp::timeline {

/// One event: an instant and the code of what happened, zero or greater.
using Event = Stamped<std::int32_t>;

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
  std::uint8_t flags;  ///< columns that later versions may add; none exists
  std::uint8_t shape;  ///< bits 0-1 tick, 2-3 log2 of the code width, 4-5 length set
  std::uint8_t zero;
  std::uint32_t count;
  Micros first;
  Micros last;
  std::uint64_t code_bits;  ///< CodeBit of every code
};
static_assert(sizeof(ImageHeader) == 32);

/// A code's bit in the set by which a timeline is rejected at a glance.
constexpr std::uint64_t CodeBit(std::int32_t code) {
  return std::uint64_t{1} << (static_cast<std::uint32_t>(code) & 63);
}

/// Ticks from fine to coarse; an image takes the coarsest that divides every delta.
inline constexpr std::array<std::uint64_t, 3> kTicks = {1, 1'000, 1'000'000};

/// Lengths in bytes that a control chooses from: short gaps, a few long ones among them, and
/// microseconds. An image takes the set that makes it smallest, the first of equals.
inline constexpr std::array<std::array<std::uint8_t, 4>, 3> kLengthSets = {
    {{1, 2, 3, 4}, {1, 3, 4, 8}, {1, 4, 5, 8}}};

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

/// Bytes of the controls of a timeline of `count` events.
constexpr std::size_t ControlBytes(std::size_t count) { return count == 0 ? 0 : (count + 2) / 4; }

}  // namespace cdp::timeline
