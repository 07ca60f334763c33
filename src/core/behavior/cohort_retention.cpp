#include "core/behavior/cohort_retention.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/base/stop.h"
#include "core/bitmap/bitmap_compare.h"

namespace cdp::behavior {
namespace {

using bitmap::Bytes;

constexpr std::int64_t kNoEnd = RetentionQuestion::kNoEnd;

}  // namespace

CohortRetention::CohortRetention(const ActivityView& activity, const RetentionQuestion& question,
                                 std::pmr::memory_resource* memory)
    : memory_(memory), question_(question), units_(memory), nobody_(NoUsers(memory)) {
  CheckRetention(question);
  Prepare(Days(activity));
}

std::pmr::vector<CohortRetention::DayUsers> CohortRetention::Days(
    const ActivityView& activity) const {
  const auto entries = activity.Entries(memory_);
  std::pmr::vector<DayUsers> days(memory_);
  UserSet seen = NoUsers(memory_);
  for (std::size_t i = 0; i < entries.size();) {
    CheckStop();
    const std::int32_t day = entries[i].day;
    std::pmr::vector<Bytes> starters(memory_);
    std::pmr::vector<Bytes> returners(memory_);
    for (; i < entries.size() && entries[i].day == day; ++i) {
      if (entries[i].did != Did::kReturn) starters.push_back(entries[i].users);
      if (entries[i].did != Did::kStart) returners.push_back(entries[i].users);
    }
    UserSet started = UnionOf(starters, memory_);
    if (!question_.recurring && !starters.empty()) {
      UserSet now = UnionOf(std::array<Bytes, 2>{seen, started}, memory_);
      started = Without(started, seen, memory_);
      seen = std::move(now);
    }
    days.push_back({day, std::move(started), UnionOf(returners, memory_)});
  }
  return days;
}

CohortRetention::Unit CohortRetention::MakeUnit(std::span<const DayUsers> days) const {
  std::pmr::vector<Bytes> starters(memory_);
  UserSet returned = NoUsers(memory_);
  UserSet at_once = NoUsers(memory_);
  // Backwards, so that `returned` holds who comes on this day or later.
  for (std::size_t i = days.size(); i-- > 0;) {
    const DayUsers& day = days[i];
    starters.push_back(day.starters);
    returned = UnionOf(std::array<Bytes, 2>{returned, day.returners}, memory_);
    const UserSet back = MeetOf(day.starters, returned, memory_);
    at_once = UnionOf(std::array<Bytes, 2>{at_once, back}, memory_);
  }
  return {UnitOf(question_.unit, days.front().day), UnionOf(starters, memory_), std::move(at_once),
          std::move(returned)};
}

void CohortRetention::Prepare(const std::pmr::vector<DayUsers>& days) {
  for (std::size_t i = 0; i < days.size();) {
    CheckStop();
    const std::int64_t number = UnitOf(question_.unit, days[i].day);
    std::size_t end = i + 1;
    while (end < days.size() && UnitOf(question_.unit, days[end].day) == number) ++end;
    units_.push_back(MakeUnit(std::span(days).subspan(i, end - i)));
    i = end;
  }
  if (!days.empty()) last_day_ = days.back().day;
  if (question_.kind != RetentionKind::kUnbounded) return;
  for (std::size_t i = units_.size(); i-- > 1;) {
    CheckStop();
    UserSet& earlier = units_[i - 1].returned;
    earlier = UnionOf(std::array<Bytes, 2>{earlier, units_[i].returned}, memory_);
  }
}

std::span<const CohortRetention::Unit> CohortRetention::UnitsIn(std::int64_t first,
                                                                std::int64_t last) const {
  const auto begin = std::ranges::lower_bound(units_, first, {}, &Unit::number);
  const auto end = std::ranges::upper_bound(begin, units_.end(), last, {}, &Unit::number);
  return {begin, end};
}

Bytes CohortRetention::ReturnedIn(std::int64_t first, std::int64_t last, UserSet* scratch) const {
  const auto units = UnitsIn(first, last);
  if (units.empty()) return nobody_;
  // An unbounded unit knows all that follow it.
  if (units.size() == 1 || question_.kind == RetentionKind::kUnbounded) {
    return units.front().returned;
  }
  std::pmr::vector<Bytes> sets(memory_);
  for (const Unit& unit : units) sets.push_back(unit.returned);
  *scratch = UnionOf(sets, memory_);
  return *scratch;
}

// The range as units of the calendar: what comes after the cohort's own unit. Only that unit's
// `at_once` knows who came back after the start in it.
std::uint64_t CohortRetention::Count(const Unit& unit, Range range) const {
  UserSet scratch(memory_);
  const std::int64_t first = unit.number + std::max<std::int64_t>(range.first, 1);
  const std::int64_t last = range.last == kNoEnd ? kNoEnd : unit.number + range.last;
  const Bytes later = last < first ? Bytes(nobody_) : ReturnedIn(first, last, &scratch);
  if (range.first > 0)
    return bitmap::AndCardinality(ViewOf(unit.cohort), bitmap::BitmapView(later));
  // at_once is part of the cohort: |at_once or (cohort and later)|.
  return ViewOf(unit.at_once).Cardinality() +
         bitmap::AndCardinality(ViewOf(unit.cohort), bitmap::BitmapView(later)) -
         bitmap::AndCardinality(ViewOf(unit.at_once), bitmap::BitmapView(later));
}

std::pmr::vector<RetentionCell> CohortRetention::Matrix() const {
  std::pmr::vector<RetentionCell> matrix(memory_);
  for (const Unit& unit : units_) {
    const std::uint64_t size = ViewOf(unit.cohort).Cardinality();
    if (size == 0) continue;
    ForEachCell(question_, unit.number, size, last_day_,
                [&](std::size_t, Range range, RetentionCell cell) {
                  CheckStop();
                  cell.users = Count(unit, range);
                  matrix.push_back(cell);
                });
  }
  return matrix;
}

UserSet CohortRetention::Members(Day day) const {
  const std::int64_t number = UnitOf(question_.unit, day);
  const auto units = UnitsIn(number, number);
  return UserSet(units.empty() ? nobody_ : units.front().cohort, memory_);
}

UserSet CohortRetention::Returned(Day day, int period) const {
  std::size_t cell = 0;
  while (cell < question_.cells() && question_.PeriodAt(cell) != period) ++cell;
  if (cell == question_.cells()) {
    throw Error(ErrorCode::kInvalidArgument, "there is no period " + std::to_string(period), {},
                "A bracket is named by its first period.");
  }
  const std::int64_t number = UnitOf(question_.unit, day);
  const auto units = UnitsIn(number, number);
  if (units.empty()) return NoUsers(memory_);
  const Unit& unit = units.front();
  const Range range = question_.RangeAt(cell);
  UserSet scratch(memory_);
  const std::int64_t first = number + std::max<std::int64_t>(range.first, 1);
  const std::int64_t last = range.last == kNoEnd ? kNoEnd : number + range.last;
  const Bytes later = last < first ? Bytes(nobody_) : ReturnedIn(first, last, &scratch);
  UserSet back = MeetOf(unit.cohort, later, memory_);
  if (range.first > 0) return back;
  return UnionOf(std::array<Bytes, 2>{back, unit.at_once}, memory_);
}

}  // namespace cdp::behavior
