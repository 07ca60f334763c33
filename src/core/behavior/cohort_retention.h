/// Retention from days of activity.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/behavior/activity.h"
#include "core/behavior/retention_question.h"
#include "core/behavior/user_set.h"

namespace cdp::behavior {

/// Answers a question about an activity. The activity's bytes must outlive it.
class CohortRetention {
 public:
  /// Throws kInvalidArgument for a question that makes no sense.
  CohortRetention(const ActivityView& activity, const RetentionQuestion& question,
                  std::pmr::memory_resource* memory);

  /// A cell for each cohort and each period that has begun, ordered by both.
  std::pmr::vector<RetentionCell> Matrix() const;

  /// The users of the cohort in whose unit the day lies; of them, who came back in the period.
  UserSet Members(Day day) const;
  UserSet Returned(Day day, int period) const;

 private:
  /// One unit of the calendar in which anything happened.
  struct Unit {
    std::int64_t number;
    UserSet cohort;    // users who started in it
    UserSet at_once;   // of the cohort, who came back on the day of a start or later in the unit
    UserSet returned;  // users who came back in it, or, when unbounded, in it or later
  };
  using Range = RetentionQuestion::Range;
  struct DayUsers {
    std::int32_t day;
    UserSet starters;
    UserSet returners;
  };

  void Prepare(const std::pmr::vector<DayUsers>& days);
  std::pmr::vector<DayUsers> Days(const ActivityView& activity) const;
  Unit MakeUnit(std::span<const DayUsers> days) const;
  std::span<const Unit> UnitsIn(std::int64_t first, std::int64_t last) const;
  /// Who came back in any of the units, as a set to meet with a cohort. `scratch` may hold it.
  bitmap::Bytes ReturnedIn(std::int64_t first, std::int64_t last, UserSet* scratch) const;
  std::uint64_t Count(const Unit& unit, Range range) const;

  std::pmr::memory_resource* memory_;
  RetentionQuestion question_;
  std::pmr::vector<Unit> units_;
  UserSet nobody_;
  Day last_day_ = 0;
};

}  // namespace cdp::behavior
