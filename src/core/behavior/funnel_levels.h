/// A funnel over the rows of many users at once: how many reach each step.
#pragma once

#include <array>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/behavior/funnel_mode.h"
#include "core/timeline/user_rows.h"

namespace cdp::behavior {

/// What such a funnel keeps beside its rows, whose codes are numbers of steps; 0 fills none.
struct LevelTerms {
  std::uint8_t mode;  ///< PackFunnelMode
  int steps;          ///< the highest that some row fills
  std::uint64_t window;

  std::array<std::uint32_t, 3> Pack() const {
    return {mode | static_cast<std::uint32_t>(steps) << 8, static_cast<std::uint32_t>(window),
            static_cast<std::uint32_t>(window >> 32)};
  }
  /// Throws kCorruptData for what Pack() does not write.
  static LevelTerms Unpack(std::span<const std::uint32_t, 3> terms);
};

/// Element k: how many users fill steps 1 to k + 1 by the rules of the mode; one for each step.
std::pmr::vector<std::int64_t> FunnelLevels(timeline::RowSegments&& rows, const LevelTerms& terms,
                                            std::pmr::memory_resource* memory);

/// Judges a stored state that comes through a door. Throws an error of kind `code`.
void CheckFunnelLevels(std::span<const std::byte> bytes, ErrorCode code);

}  // namespace cdp::behavior
