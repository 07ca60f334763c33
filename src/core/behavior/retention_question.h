/// What can be asked about retention: of those who started in a day, week or month, who came back
/// after how many. Answered by cohort_retention.h and timeline_retention.h.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "core/behavior/calendar.h"

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

  static constexpr std::int64_t kNoEnd = std::numeric_limits<std::int64_t>::max();

  /// Units since the cohort's own.
  struct Range {
    std::int64_t first;
    std::int64_t last;  ///< kNoEnd: no end
  };

  /// How many numbers are asked of each cohort: one a period, or one a bracket.
  std::size_t cells() const {
    return kind == RetentionKind::kBracket ? edges.size() - 1
                                           : static_cast<std::size_t>(periods) + 1;
  }
  /// The first unit of a cell.
  int PeriodAt(std::size_t cell) const {
    return kind == RetentionKind::kBracket ? edges[cell] : static_cast<int>(cell);
  }
  Range RangeAt(std::size_t cell) const;
};

/// Throws kInvalidArgument for a question that makes no sense.
void CheckRetention(const RetentionQuestion& question);

struct RetentionCell {
  Day cohort;           ///< first day of the unit in which its users started
  int period;           ///< units since then; of a bracket, its first
  std::uint64_t size;   ///< users of the cohort
  std::uint64_t users;  ///< of these, who came back
  bool complete;        ///< the period was over before `until`
};

/// Calls use(cell, range, RetentionCell without users) for each cell of the cohort of a unit that
/// has begun; `last_day` is the last with anyone.
template <class Use>
void ForEachCell(const RetentionQuestion& question, std::int64_t unit, std::uint64_t size,
                 Day last_day, Use&& use) {
  const Day until = question.until.value_or(last_day);
  // Day `until` itself has begun.
  const Day horizon = std::max(last_day, until);
  const Day cohort = FirstDayOf(question.unit, unit);
  for (std::size_t cell = 0; cell < question.cells(); ++cell) {
    const RetentionQuestion::Range range = question.RangeAt(cell);
    if (FirstDayOf(question.unit, unit + range.first) > horizon) break;
    // Of an open range the first unit decides: whoever has lived through it counts.
    const std::int64_t last = range.last == RetentionQuestion::kNoEnd ? range.first : range.last;
    use(cell, range,
        RetentionCell{cohort, question.PeriodAt(cell), size, 0,
                      FirstDayOf(question.unit, unit + last + 1) <= until});
  }
}

}  // namespace cdp::behavior
