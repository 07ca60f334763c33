/// A zone whose clocks go back by two hours, for some offsets over a midnight: at -1 h they show
/// 0:30 of a day, and an hour and a half later 23:00 of the day before.
#pragma once

#include "core/base/zone.h"

namespace cdp {

inline constexpr Micros kChangeOfClocks = 90 * 60'000'000LL;

/// FindStretch; `before` points to the offset in hours before the change.
inline ZoneStretch FindMovingClocks(const void* before, Micros at) {
  const std::int64_t hours = *static_cast<const std::int64_t*>(before);
  if (at < kChangeOfClocks) return {INT64_MIN, kChangeOfClocks, hours * kMicrosPerHour};
  return {kChangeOfClocks, INT64_MAX, (hours - 2) * kMicrosPerHour};
}

}  // namespace cdp
