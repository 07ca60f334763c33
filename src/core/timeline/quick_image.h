/// Images of timelines as most are, at one go.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/timeline/event.h"

namespace cdp::timeline {

/// Writes the image that Measure and WriteImage would, where nothing has to be known of all events
/// before the first is written: of not too many events, in their order, none at the time of
/// another, at milliseconds but not all a multiple of seconds apart, within four bytes of distance
/// and value and one of code and property. Takes half the time for them.
class QuickImage {
 public:
  /// The image, which lives until the next call; empty for events that are not like that.
  std::span<const std::byte> Write(std::span<const Event> events) { return WriteAny(events); }
  std::span<const std::byte> Write(std::span<const ValuedEvent> events) { return WriteAny(events); }

 private:
  static constexpr std::size_t kMostEvents = 1024;
  /// What goes before the codes: the header, and the lengths of two columns.
  static constexpr std::size_t kHeadRoom = 32 + 2 * 3;
  /// An event takes a byte of code, and up to four of distance, value and property with their bits.
  static constexpr std::size_t kRoom = kHeadRoom + kMostEvents * 11 + 64;

  template <class Record>
  std::span<const std::byte> WriteAny(std::span<const Record> events);
  std::byte* WriteValues(std::size_t events, std::size_t values, std::byte* out) const;
  std::byte* WriteProperty(std::size_t events, unsigned least, unsigned bits, std::byte* out);

  std::array<std::byte, kRoom> image_;
  std::array<std::uint64_t, kMostEvents + 1> values_;          ///< of those that have one
  std::array<std::uint64_t, kMostEvents / 64 + 1> has_value_;  ///< a bit an event
  std::array<std::uint8_t, kMostEvents + 8> property_;
};

}  // namespace cdp::timeline
