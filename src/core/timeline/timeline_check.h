/// Judges bytes that come through a door.
#pragma once

#include <span>

#include "core/base/error.h"
#include "core/timeline/timeline_format.h"

namespace cdp::timeline {

/// Returns when the bytes are exactly what the writer makes of some list of events, and throws an
/// error of kind `code` otherwise.
void CheckImage(std::span<const std::byte> image, ErrorCode code);

/// The events of a build form (see docs/formats.md), in no order, and whether they were seen to be
/// sorted. Throws kCorruptData when they do not lie within the bytes.
struct BuildView {
  std::span<const Event> events;
  bool sorted;
};
BuildView ReadBuildForm(std::span<const std::byte> bytes);

/// Set in the flags of a build form once an event came out of order.
inline constexpr std::uint8_t kUnsorted = 1;

}  // namespace cdp::timeline
