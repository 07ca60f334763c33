/// What the times and windows of a rule are as instants, by the clocks of the business.
#pragma once

#include <string_view>

#include "core/audience/rule.h"
#include "core/base/zone.h"
#include "core/behavior/calendar.h"
#include "core/timeline/timeline_walk.h"

namespace cdp::audience {

class Clock {
 public:
  /// `zone` must outlive it.
  Clock(Zone* zone, Micros now) : zone_(zone), now_(now), today_(zone->DayOf(now)) {}

  Micros now() const { return now_; }
  behavior::Day today() const { return today_; }
  Zone* zone() const { return zone_; }

  /// A day is all of it, any other time a microsecond.
  timeline::Period InstantsOf(const Value& time) const;
  /// The same as clocks show it, as if they were those of UTC.
  timeline::Period ShownOf(const Value& time) const;

  /// Days, weeks, months and years are days of the calendar, today included; hours and less go back
  /// from now. Both ends of a window belong to it.
  timeline::Period PeriodOf(const Window& window) const;

 private:
  timeline::Period InstantsOf(behavior::Day day) const;
  Micros Shifted(Duration shift) const;  ///< so long from now, at the end of time at most

  Zone* zone_;
  Micros now_;
  behavior::Day today_;
};

/// What `time` shows, a text of rule_words.h's TimeOf: a date is its midnight.
Micros ShownIn(std::string_view time);

std::int64_t MicrosOf(Duration duration);  ///< of seconds to weeks

}  // namespace cdp::audience
