#include "core/behavior/lifecycle.h"

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <utility>

#include "core/base/stop.h"
#include "core/behavior/user_set.h"
#include "core/bitmap/bitmap.h"
#include "core/bitmap/bitmap_compare.h"

namespace cdp::behavior {
namespace {

using bitmap::Bitmap;
using bitmap::Bytes;
using bitmap::SetOperation;

std::uint64_t CountBoth(const UserSet& a, const UserSet& b) {
  return bitmap::AndCardinality(ViewOf(a), ViewOf(b));
}

// Users who are active, in the part of the entries that starts at *i and whose unit is the same;
// *i moves behind it.
UserSet TakeUnit(const std::pmr::vector<ActivityEntry>& entries, CalendarUnit unit, std::size_t* i,
                 std::pmr::memory_resource* memory) {
  const std::int64_t number = UnitOf(unit, entries[*i].day);
  std::pmr::vector<Bytes> sets(memory);
  for (; *i < entries.size() && UnitOf(unit, entries[*i].day) == number; ++*i) {
    sets.push_back(entries[*i].users);
  }
  return UnionOf(sets, memory);
}

// Counts in binary, one bitmap per digit: whoever is in digits 0 and 2 has been counted five times.
class Counters {
 public:
  explicit Counters(std::pmr::memory_resource* memory) : digits_(memory) {}

  void Add(Bytes users) {
    Bitmap carry = Bitmap::FromPortable(users);
    for (std::size_t i = 0; !carry.empty(); ++i) {
      if (i == digits_.size()) digits_.emplace_back();
      // What both have is carried on.
      Bitmap sum = std::move(digits_[i]);
      Bitmap next = Copy(sum);
      next.Apply(SetOperation::kAnd, carry);
      sum.Apply(SetOperation::kXor, carry);
      digits_[i] = std::move(sum);
      carry = std::move(next);
    }
  }

  // counts[n]: how many users have been counted n times, n > 0.
  void Tally(Bitmap users, std::pmr::vector<std::uint64_t>* counts) {
    Split(std::move(users), digits_.size(), 0, counts);
  }

 private:
  static Bitmap Copy(const Bitmap& users) {
    Bitmap copy;
    copy.Apply(SetOperation::kOr, users);
    return copy;
  }

  void Split(Bitmap users, std::size_t digits, std::size_t number,
             std::pmr::vector<std::uint64_t>* counts) {
    if (users.empty()) return;
    CheckStop();
    if (digits == 0) {
      if (number >= counts->size()) counts->resize(number + 1);
      (*counts)[number] += users.Cardinality();
      return;
    }
    Bitmap with = Copy(users);
    with.Apply(SetOperation::kAnd, digits_[digits - 1]);
    users.Apply(SetOperation::kAndNot, digits_[digits - 1]);
    Split(std::move(with), digits - 1, number | std::size_t{1} << (digits - 1), counts);
    Split(std::move(users), digits - 1, number, counts);
  }

  std::pmr::vector<Bitmap> digits_;
};

}  // namespace

std::pmr::vector<LifecyclePeriod> Lifecycle(const ActivityView& activity, CalendarUnit unit,
                                            std::optional<Day> until,
                                            std::pmr::memory_resource* memory) {
  std::pmr::vector<LifecyclePeriod> periods(memory);
  const auto entries = activity.Entries(memory);
  if (entries.empty()) return periods;
  const Day end = until.value_or(entries.back().day);
  const std::int64_t first = UnitOf(unit, entries.front().day);
  // Whoever stays away shows only where nobody came.
  const std::int64_t last = UnitOf(unit, std::max<Day>(entries.back().day, end));
  if (last - first >= kMaxLifecyclePeriods) {
    throw Error(ErrorCode::kLimitExceeded,
                "activity spans " + std::to_string(last - first + 1) + " periods",
                "There may be at most " + std::to_string(kMaxLifecyclePeriods) + ".");
  }
  UserSet seen = NoUsers(memory);
  UserSet before = NoUsers(memory);
  std::size_t i = 0;
  for (std::int64_t number = first; number <= last; ++number) {
    CheckStop();
    UserSet now = NoUsers(memory);
    if (i < entries.size() && UnitOf(unit, entries[i].day) == number) {
      now = TakeUnit(entries, unit, &i, memory);
    }
    const std::uint64_t active = ViewOf(now).Cardinality();
    const std::uint64_t known = CountBoth(now, seen);
    const std::uint64_t stayed = CountBoth(now, before);
    periods.push_back({FirstDayOf(unit, number), active - known, stayed, known - stayed,
                       ViewOf(before).Cardinality() - stayed, FirstDayOf(unit, number + 1) <= end});
    seen = UnionOf(std::array<Bytes, 2>{seen, now}, memory);
    before = std::move(now);
  }
  return periods;
}

std::pmr::vector<DaysActive> Stickiness(const ActivityView& activity,
                                        std::optional<CalendarUnit> span,
                                        std::pmr::memory_resource* memory) {
  std::pmr::vector<DaysActive> rows(memory);
  const auto entries = activity.Entries(memory);
  for (std::size_t i = 0; i < entries.size();) {
    const Day first_day =
        span.has_value() ? FirstDayOf(*span, UnitOf(*span, entries[i].day)) : entries.front().day;
    Counters counters(memory);
    Bitmap all;
    while (i < entries.size() &&
           (!span.has_value() || FirstDayOf(*span, UnitOf(*span, entries[i].day)) == first_day)) {
      CheckStop();
      const UserSet users = TakeUnit(entries, CalendarUnit::kDay, &i, memory);
      counters.Add(users);
      all.Apply(SetOperation::kOr, Bitmap::FromPortable(users));
    }
    const std::uint64_t active = all.Cardinality();
    std::pmr::vector<std::uint64_t> counts(memory);
    counters.Tally(std::move(all), &counts);
    for (std::size_t days = 1; days < counts.size(); ++days) {
      rows.push_back({first_day, static_cast<int>(days), counts[days], active});
    }
  }
  return rows;
}

std::pmr::vector<DaysBin> Distribution(const ActivityView& activity,
                                       std::span<const std::int32_t> edges,
                                       std::pmr::memory_resource* memory) {
  const bool ascending =
      std::adjacent_find(edges.begin(), edges.end(), std::greater_equal<>()) == edges.end();
  if (edges.empty() || edges.front() < 1 || !ascending) {
    throw Error(ErrorCode::kInvalidArgument, "bins must be ascending numbers from 1",
                "A bin reaches from one of them to before the next, the last one has no end.");
  }
  std::pmr::vector<DaysBin> bins(edges.size(), DaysBin{}, memory);
  for (const DaysActive& row : Stickiness(activity, std::nullopt, memory)) {
    for (DaysBin& bin : bins) bin.active = row.active;
    const auto above = std::upper_bound(edges.begin(), edges.end(), row.days);
    if (above == edges.begin()) continue;
    bins[static_cast<std::size_t>(above - edges.begin()) - 1].users += row.users;
  }
  return bins;
}

}  // namespace cdp::behavior
