#include "core/base/zone.h"

#include <algorithm>

namespace cdp {

void Zone::Move(Micros at) {
  if (find_ == nullptr) return;  // the last instant of all is UTC too
  for (const ZoneStretch& known : known_) {
    if (at >= known.from && at < known.to) {
      now_ = known;
      return;
    }
  }
  ZoneStretch found = find_(zone_, at);
  for (ZoneStretch& known : known_) {
    // The same stretch, known from a later instant on.
    if (known.to == found.to && known.from > found.from && known.from < known.to) {
      known.from = found.from;
      now_ = known;
      return;
    }
  }
  known_[next_] = found;
  next_ = (next_ + 1) % kKnown;
  now_ = found;
}

Micros Zone::InstantOf(Micros local) {
  // Clocks are never so far from UTC that this instant comes later than the one sought.
  Micros at = local - 2 * kMicrosPerDay;
  Micros answer = at;
  bool shown = false;
  while (at < local + 2 * kMicrosPerDay) {
    const ZoneStretch stretch = StretchAt(at);
    const Micros same = local - stretch.offset;
    if (same >= at && (same < stretch.to || !shown)) {
      answer = same;
      shown = same < stretch.to;
    }
    if (stretch.to == INT64_MAX) break;
    at = stretch.to;
  }
  return answer;
}

Micros Zone::StartOfDay(std::int64_t day) {
  const Micros midnight = day * kMicrosPerDay;
  // Clocks are never so far from UTC that this instant is on that date or later.
  Micros at = midnight - 2 * kMicrosPerDay;
  Micros answer = at;
  bool reached = false;
  // From stretch to stretch: the last instant that enters the date from before it.
  while (at < midnight + 2 * kMicrosPerDay) {
    const ZoneStretch stretch = StretchAt(at);
    const Micros enters = midnight - stretch.offset;
    if (enters < stretch.to) {
      // All of this stretch from then on is on that date or later.
      const Micros first = std::max(enters, at);
      if (!reached || first > at) answer = first;
      reached = true;
    } else {
      reached = false;
    }
    if (stretch.to == INT64_MAX) break;
    at = stretch.to;
  }
  return answer;
}

void DayWalk::MoveTo(Micros at) {
  const ZoneStretch& stretch = zone_->StretchAt(at);
  const Micros local = at + stretch.offset;
  day_ = FloorDivide(local, kMicrosPerDay);
  // The day lasts to midnight, but clocks may change before.
  const auto left = static_cast<std::uint64_t>((day_ + 1) * kMicrosPerDay - local);
  const std::uint64_t known =
      static_cast<std::uint64_t>(stretch.to) - static_cast<std::uint64_t>(at);
  until_ = left < known ? at + static_cast<Micros>(left) : stretch.to;
}

}  // namespace cdp
