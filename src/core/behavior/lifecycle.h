/// How a group of users lives: who is new, who stays, who comes again, who leaves; on how many days
/// each is there. Whoever did anything on a day was active on it.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

#include "core/behavior/activity.h"
#include "core/behavior/calendar.h"

namespace cdp::behavior {

/// Longer series than this are refused: somebody's clock was wrong by centuries.
inline constexpr std::int64_t kMaxLifecyclePeriods = 1'000'000;

/// One day, week or month. Active users are the sum of the first three.
struct LifecyclePeriod {
  Day first_day;
  std::uint64_t fresh;         ///< never active before
  std::uint64_t returning;     ///< active also in the period before
  std::uint64_t resurrecting;  ///< active before, but not in the period before
  std::uint64_t dormant;       ///< active in the period before and not in this one
  bool complete;               ///< it was over before `until`
};

/// Every period from the first with activity to the last that has begun. `until`: the first day
/// that is not over, without one the last day of the activity. Throws kLimitExceeded when there are
/// too many.
std::pmr::vector<LifecyclePeriod> Lifecycle(const ActivityView& activity, CalendarUnit unit,
                                            std::optional<Day> until,
                                            std::pmr::memory_resource* memory);

/// Users by the number of days on which they were active in a span.
struct DaysActive {
  Day first_day;         ///< of the span
  int days;              ///< from 1
  std::uint64_t users;   ///< active on exactly so many days of it
  std::uint64_t active;  ///< on any
};

/// For each week or month with activity, or for all of it at once when there is no unit, a row for
/// each number of days up to the greatest that occurs.
std::pmr::vector<DaysActive> Stickiness(const ActivityView& activity,
                                        std::optional<CalendarUnit> span,
                                        std::pmr::memory_resource* memory);

/// Users by the number of days on which they were active, in bins: bin i reaches from edge i to
/// before edge i + 1, the last one has no end.
struct DaysBin {
  std::uint64_t users;
  std::uint64_t active;  ///< users with any day, in a bin or not
};
/// One bin for each edge. Throws kInvalidArgument unless the edges ascend from 1 or more.
std::pmr::vector<DaysBin> Distribution(const ActivityView& activity,
                                       std::span<const std::int32_t> edges,
                                       std::pmr::memory_resource* memory);

}  // namespace cdp::behavior
