/// Retention from days of activity: of those who started in a day, week or month, who came back
/// after how many.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/behavior/activity.h"
#include "core/behavior/calendar.h"
#include "core/behavior/user_set.h"

namespace cdp::behavior {

enum class RetentionKind : std::uint8_t { kNDay, kUnbounded, kBracket };

/// "n_day", "unbounded" or "bracket"; throws kInvalidArgument for any other word.
RetentionKind ParseRetentionKind(std::string_view word);
/// "first": false, "recurring": true; throws kInvalidArgument for any other word.
bool ParseRecurring(std::string_view word);

inline constexpr int kMaxPeriods = 1000;

struct RetentionQuestion {
  RetentionKind kind = RetentionKind::kNDay;
  CalendarUnit unit = CalendarUnit::kDay;
  bool recurring = false;  ///< every unit with a start makes a cohort, not only a user's first
  int periods = 0;         ///< the last period asked for, of all kinds but brackets
  /// Ascending units: bracket i reaches from edge i to before edge i + 1.
  std::span<const std::int32_t> edges;
  /// The first day that is not over; without one the last day of the activity.
  std::optional<Day> until;
};

struct RetentionCell {
  Day cohort;           ///< first day of the unit in which its users started
  int period;           ///< units since then; of a bracket, its first
  std::uint64_t size;   ///< users of the cohort
  std::uint64_t users;  ///< of these, who came back
  bool complete;        ///< the period was over before `until`
};

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
  struct Range {
    std::int64_t first;
    std::int64_t last;  // INT64_MAX: no end
  };
  struct DayUsers {
    std::int32_t day;
    UserSet starters;
    UserSet returners;
  };

  void Prepare(const std::pmr::vector<DayUsers>& days);
  std::pmr::vector<DayUsers> Days(const ActivityView& activity) const;
  Unit MakeUnit(std::span<const DayUsers> days) const;
  std::size_t cells() const;
  int PeriodAt(std::size_t cell) const;
  Range RangeAt(std::size_t cell) const;
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
