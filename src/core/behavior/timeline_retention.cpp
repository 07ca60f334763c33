#include "core/behavior/timeline_retention.h"

#include <algorithm>
#include <bit>

#include "core/base/scratch.h"
#include "core/base/stop.h"
#include "core/behavior/active_days.h"
#include "core/timeline/time_marks.h"
#include "core/timeline/timeline_walk.h"

namespace cdp::behavior {
namespace {

using timeline::View;

/// Where no clocks change between the first event and the last: the days of both, and what lies
/// between a day's beginning and that of the same day in UTC.
struct DayRange {
  std::int64_t first;
  std::int64_t last;
  std::int64_t offset;
};

std::optional<DayRange> RangeOf(const View& view, Zone* zone) {
  const ZoneStretch& stretch = zone->StretchAt(view.first());
  if (view.last() >= stretch.to || view.last() < view.first()) return std::nullopt;
  return DayRange{FloorDivide(view.first() + stretch.offset, kMicrosPerDay),
                  FloorDivide(view.last() + stretch.offset, kMicrosPerDay), stretch.offset};
}

/// Takes the events from the `begin`-th on.
template <std::size_t kWords>
void MarkDays(const View& view, const TimelineRetention& question, std::size_t begin,
              std::int64_t offset, DayBits<kWords>* days) {
  // Unsigned, as hostile bytes may hold any instants; their days go round.
  const std::uint64_t midnight =
      static_cast<std::uint64_t>(days->first) * kMicrosPerDay - static_cast<std::uint64_t>(offset);
  timeline::WithCodes(view, [&](auto codes) {
    timeline::TimeReader times(view);
    StopTicker ticker;
    Micros at[timeline::TimeReader::kRoom];
    std::size_t index = 0;
    const auto add = [&](std::size_t from, std::size_t n, auto&& does) {
      for (std::size_t i = from; i < n; ++i) {
        days->Add((static_cast<std::uint64_t>(at[i]) - midnight) / kMicrosPerDay, does(index + i));
      }
    };
    while (const std::size_t n = times.Next(at)) {
      const std::size_t from = std::min(n, std::max(begin, index) - index);
      if (question.every != (kStarts | kReturns)) {
        add(from, n, [&](std::size_t i) { return question.every | question.codes.Of(codes[i]); });
      } else if constexpr (kWords == 1) {
        days->starts[0] |= timeline::MarkDays(at + from, n - from, static_cast<Micros>(midnight));
      } else {
        add(from, n, [](std::size_t) { return kStarts | kReturns; });
      }
      index += n;
      ticker.Step(static_cast<std::uint32_t>(n));
    }
  });
  if (kWords == 1 && question.every == (kStarts | kReturns)) days->returns[0] = days->starts[0];
}

/// The days of a timeline that has no more than fit; with weeks the first of them is a Monday.
std::optional<DayBits<1>> FewDaysOf(const View& view, TimelineRetention* question,
                                    std::size_t begin) {
  const auto range = RangeOf(view, &question->zone);
  if (!range) return std::nullopt;
  DayBits<1> days{.first = range->first};
  if (question->rule.unit == CalendarUnit::kWeek) {
    days.first = FirstDayOf(CalendarUnit::kWeek, UnitOf(CalendarUnit::kWeek, days.first));
  }
  if (range->last - days.first >= 64) return std::nullopt;
  MarkDays(view, *question, begin, range->offset, &days);
  return days;
}

/// False where clocks change between the first event and the last, or too many days lie there.
bool ListByBits(const View& view, TimelineRetention* question, std::size_t begin, DayList* list) {
  constexpr std::size_t kMostWords = 16;
  if (const auto few = FewDaysOf(view, question, begin)) {
    few->List(list);
    return true;
  }
  const auto range = RangeOf(view, &question->zone);
  if (!range || range->last - range->first >= std::int64_t{64 * kMostWords}) return false;
  DayBits<kMostWords> days{.first = range->first};
  MarkDays(view, *question, begin, range->offset, &days);
  days.List(list);
  return true;
}

/// True when no event of a timeline does anything.
bool DoesNothing(const View& view, const TimelineRetention& question) {
  return view.count() == 0 ||
         (question.every == 0 &&
          (view.code_bits() & question.codes.CodeBitsOf(kStarts | kReturns)) == 0);
}

/// Calls use(instant, what it does) for every event from the `begin`-th on that does anything.
template <class Use>
void ForEachDeed(const View& view, const TimelineRetention& question, std::size_t begin,
                 Use&& use) {
  if (DoesNothing(view, question)) return;
  timeline::ForEachOf(view, nullptr, [&](Micros at, std::int32_t code, std::size_t index) {
    const std::uint64_t does = question.every | question.codes.Of(code);
    if (does != 0 && index >= begin) use(at, does);
  });
}

void ListCalendarDays(const View& view, TimelineRetention* question, std::size_t begin,
                      DayList* list) {
  if (DoesNothing(view, *question) || ListByBits(view, question, begin, list)) return;
  DayWalk walk(&question->zone);
  ForEachDeed(view, *question, begin, [&](Micros at, std::uint64_t does) {
    if (walk.Stays(at)) {
      list->AddToLast(does);
    } else {
      list->Add(walk.DayOf(at), does);
    }
  });
}

/// Days of 24 hours, the first of them named by the date of the first start.
void ListOwnDays(const View& view, TimelineRetention* question, std::size_t begin, DayList* list) {
  std::optional<Micros> start;
  std::optional<Micros> before;  // the last event before it, in the order of events
  std::int64_t first_day = 0;
  ForEachDeed(view, *question, begin, [&](Micros at, std::uint64_t does) {
    if (!start) {
      if ((does & kStarts) == 0) {
        before = at;
        return;
      }
      start = at;
      first_day = question->zone.DayOf(at);
      // What happens at the very instant of the start is of its day, whatever its code.
      if (before == at) does |= kReturns;
    }
    list->Add(first_day + static_cast<std::int64_t>(Elapsed(*start, at) / kMicrosPerDay), does);
  });
}

void ListDays(const View& view, TimelineRetention* question, std::size_t begin, ActiveDays* days) {
  DayList list(question->rule.unit, days);
  if (question->own_days) {
    ListOwnDays(view, question, begin, &list);
  } else {
    ListCalendarDays(view, question, begin, &list);
  }
  list.Finish();
}

/// The event with which what counts of a timeline begins; nothing where nothing counts.
std::optional<std::size_t> BeginOf(const View& view, const TimelineRetention& question) {
  if (DoesNothing(view, question)) return std::nullopt;
  if (!question.started) return 0;
  std::size_t start = 0;
  timeline::WithCodes(view, [&](auto codes) {
    const auto starts = [&](std::int32_t code) {
      return ((question.every | question.codes.Of(code)) & kStarts) != 0;
    };
    while (start < view.count() && !starts(codes[start])) ++start;
  });
  if (start == view.count()) return std::nullopt;
  timeline::TimeReader times(view, start + 1);
  StopTicker ticker;
  Micros at[timeline::TimeReader::kRoom];
  Micros instant = view.first();
  std::size_t begin = 0;  // the first event of this instant: there they lie in order of their codes
  std::size_t index = 0;
  while (const std::size_t n = times.Next(at)) {
    for (std::size_t i = 0; i < n; ++i) {
      begin = at[i] == instant ? begin : index + i;
      instant = at[i];
    }
    index += n;
    ticker.Step(static_cast<std::uint32_t>(n));
  }
  return question.started->Holds(instant) ? std::optional(begin) : std::nullopt;
}

/// Calls use(cell) for the cells in which somebody who started on days[from] came back, each once;
/// of an unbounded question only for the last, as all before it follow.
template <class Use>
void ForEachReturn(const ActiveDays& days, std::size_t from, const RetentionQuestion& rule,
                   Use&& use) {
  const std::int64_t unit = days[from].unit;
  if (rule.kind == RetentionKind::kUnbounded) {
    std::size_t last = days.size();
    while (last > from && (days[last - 1].did & kReturns) == 0) --last;
    if (last == from) return;
    use(static_cast<std::size_t>(std::min<std::int64_t>(days[last - 1].unit - unit, rule.periods)));
    return;
  }
  const bool brackets = rule.kind == RetentionKind::kBracket;
  const std::int64_t end = brackets ? rule.edges.back() : std::int64_t{rule.periods} + 1;
  std::size_t cell = 0;
  std::size_t next = 0;  // the first cell that was not used yet
  for (std::size_t i = from; i < days.size(); ++i) {
    const std::int64_t period = days[i].unit - unit;
    if (period >= end) return;
    if ((days[i].did & kReturns) == 0) continue;
    if (brackets) {
      if (period < rule.edges.front()) continue;
      while (period >= rule.edges[cell + 1]) ++cell;
    } else {
      cell = static_cast<std::size_t>(period);
    }
    if (cell < next) continue;
    use(cell);
    next = cell + 1;
  }
}

/// The first part of a key.
enum class Part : std::int32_t {
  kRule,    ///< the question (PackRule) and an edge of its brackets, or 0: all timelines
  kLast,    ///< the last day on which anything was done, 0: those who did
  kCohort,  ///< a unit, 0: those who started in it
  kCell,    ///< a unit, a cell: of these, who came back; when unbounded, for the last time
};

void CountKey(TallyTable* tally, Part part, std::int64_t a, std::size_t b) {
  const std::uint64_t words[TallyTable::WordsOf(kRetentionParts)] = {
      PackParts(static_cast<std::int32_t>(part), static_cast<std::int32_t>(a)),
      static_cast<std::uint32_t>(b)};
  tally->CountOne<TallyTable::WordsOf(kRetentionParts)>(words);
}

/// From days as bits, the first of which begins a unit of `length` days, to units: the bit of a
/// unit is that of its first day.
std::uint64_t UnitBits(std::uint64_t days, int length) {
  if (length == 1) return days;
  days |= days >> 1;
  days |= days >> 2;
  days |= days >> 3;
  return days & 0x8102040810204081;
}

/// ForEachReturn of UnitBits, the first of which is the unit of the start.
template <class Use>
void ForEachReturn(std::uint64_t units, int length, const RetentionQuestion& rule, Use&& use) {
  if (units == 0) return;
  if (rule.kind == RetentionKind::kUnbounded) {
    return use(
        static_cast<std::size_t>(std::min((63 - std::countl_zero(units)) / length, rule.periods)));
  }
  if (rule.kind == RetentionKind::kNDay) {
    for (; units != 0; units &= units - 1) {
      const int period = std::countr_zero(units) / length;
      if (period > rule.periods) return;
      use(static_cast<std::size_t>(period));
    }
    return;
  }
  const auto from = [&](std::int32_t period) {
    return period * std::int64_t{length} < 64 ? units >> period * length << period * length : 0;
  };
  for (std::size_t cell = 0; cell + 1 < rule.edges.size(); ++cell) {
    if (from(rule.edges[cell]) != from(rule.edges[cell + 1])) use(cell);
  }
}

/// CountRetention of somebody's days, and of units that are days or weeks.
void CountFewDays(const DayBits<1>& days, const RetentionQuestion& rule, TallyTable* tally) {
  const std::uint64_t did = days.starts[0] | days.returns[0];
  if (did == 0) return;
  CountKey(tally, Part::kLast, days.first + 63 - std::countl_zero(did), 0);
  const int length = rule.unit == CalendarUnit::kWeek ? 7 : 1;
  const std::int64_t first_unit = UnitOf(rule.unit, days.first);
  for (std::uint64_t starts = days.starts[0]; starts != 0;) {
    const int day = std::countr_zero(starts);
    const int unit = day / length;
    const std::int64_t cohort = first_unit + unit;
    CountKey(tally, Part::kCohort, cohort, 0);
    // What came before the start does not count, though it be of the same week.
    const std::uint64_t returns = days.returns[0] >> day << day;
    ForEachReturn(UnitBits(returns, length) >> unit * length, length, rule,
                  [&](std::size_t cell) { CountKey(tally, Part::kCell, cohort, cell); });
    if (!rule.recurring) return;
    const int next = (unit + 1) * length;
    starts = next < 64 ? starts >> next << next : 0;
  }
}

std::int32_t PackRule(const RetentionQuestion& rule) {
  const int periods = rule.kind == RetentionKind::kBracket ? 0 : rule.periods;
  return static_cast<std::int32_t>(rule.kind) | static_cast<std::int32_t>(rule.unit) << 2 |
         static_cast<std::int32_t>(rule.recurring) << 4 | periods << 5;
}

[[noreturn]] void ThrowCorrupt(const char* detail) {
  throw Error(ErrorCode::kCorruptData, "tally is corrupt", detail);
}

RetentionQuestion UnpackRule(std::int32_t packed) {
  if ((packed & 3) > 2 || (packed >> 2 & 3) > 2 || packed >> 5 < 0 || packed >> 5 > kMaxPeriods) {
    ThrowCorrupt("Its question is none.");
  }
  RetentionQuestion rule;
  rule.kind = static_cast<RetentionKind>(packed & 3);
  rule.unit = static_cast<CalendarUnit>(packed >> 2 & 3);
  rule.recurring = (packed >> 4 & 1) != 0;
  rule.periods = packed >> 5;
  return rule;
}

/// The rows of a tally, sorted out.
struct Counted {
  struct Cohort {
    std::int64_t unit;
    std::uint64_t size;
  };
  struct Returned {
    std::int64_t unit;
    std::size_t cell;
    std::uint64_t users;
  };

  explicit Counted(std::pmr::memory_resource* memory)
      : edges(memory), cohorts(memory), returned(memory) {}

  std::optional<RetentionQuestion> rule;
  std::pmr::vector<std::int32_t> edges;
  std::optional<Day> last_day;
  std::pmr::vector<Cohort> cohorts;
  std::pmr::vector<Returned> returned;
};

void Sort(const TallyView& view, Counted* counted) {
  StopTicker ticker;
  for (std::size_t i = 0; i < view.size(); ++i) {
    const TallyRow row = view.At(i);
    const auto users = static_cast<std::uint64_t>(row.count);
    ticker.Step();
    switch (static_cast<Part>(row.key[0])) {
      case Part::kRule:
        if (!counted->rule) counted->rule = UnpackRule(row.key[1]);
        counted->edges.push_back(row.key[2]);
        break;
      case Part::kLast:
        counted->last_day = row.key[1];
        break;
      case Part::kCohort:
        counted->cohorts.push_back({row.key[1], users});
        break;
      case Part::kCell:
        counted->returned.push_back({row.key[1], static_cast<std::size_t>(row.key[2]), users});
        break;
      default:
        ThrowCorrupt("A key of it is none.");
    }
  }
  if (!counted->rule) ThrowCorrupt("Its question is missing.");
  if (counted->rule->kind == RetentionKind::kBracket) counted->rule->edges = counted->edges;
  try {
    CheckRetention(*counted->rule);
  } catch (const Error&) {
    ThrowCorrupt("Its question is none.");
  }
  if (!counted->cohorts.empty() && !counted->last_day) ThrowCorrupt("Its last day is missing.");
}

}  // namespace

std::optional<std::pmr::vector<bool>> RetentionBits(const View& view, TimelineRetention* question,
                                                    std::pmr::memory_resource* memory) {
  Scratch scratch(memory);
  ActiveDays days(&scratch);
  ListDays(view, question, 0, &days);
  const RetentionQuestion& rule = question->rule;
  std::size_t first = 0;
  while (first < days.size() && (days[first].did & kStarts) == 0) ++first;
  if (first == days.size()) return std::nullopt;
  std::pmr::vector<bool> bits(rule.cells(), false, memory);
  ForEachReturn(days, first, rule, [&](std::size_t cell) {
    bits[cell] = true;
    if (rule.kind == RetentionKind::kUnbounded) std::fill_n(bits.begin(), cell, true);
  });
  return bits;
}

void CountRetention(const View& view, TimelineRetention* question, TallyTable* tally,
                    std::pmr::memory_resource* memory) {
  const RetentionQuestion& rule = question->rule;
  const std::int32_t packed = PackRule(rule);
  if (rule.kind == RetentionKind::kBracket) {
    for (const std::int32_t edge : rule.edges) {
      CountKey(tally, Part::kRule, packed, static_cast<std::size_t>(edge));
    }
  } else {
    CountKey(tally, Part::kRule, packed, 0);
  }
  const auto begin = BeginOf(view, *question);
  if (!begin) return;
  if (!question->own_days && rule.unit != CalendarUnit::kMonth) {
    if (const auto days = FewDaysOf(view, question, *begin))
      return CountFewDays(*days, rule, tally);
  }
  Scratch scratch(memory);
  ActiveDays days(&scratch);
  ListDays(view, question, *begin, &days);
  if (days.empty()) return;
  CountKey(tally, Part::kLast, days.back().day, 0);
  StopTicker ticker;
  std::optional<std::int64_t> cohort;
  for (std::size_t i = 0; i < days.size(); ++i) {
    if ((days[i].did & kStarts) == 0 || cohort == days[i].unit) continue;
    cohort = days[i].unit;
    CountKey(tally, Part::kCohort, *cohort, 0);
    ForEachReturn(days, i, rule, [&](std::size_t cell) {
      CountKey(tally, Part::kCell, *cohort, cell);
      ticker.Step();
    });
    if (!rule.recurring) break;
  }
}

std::pmr::vector<RetentionCell> RetentionOf(const TallyView& view, std::optional<Day> until,
                                            std::pmr::memory_resource* memory) {
  Counted counted(memory);
  Sort(view, &counted);
  RetentionQuestion& rule = *counted.rule;
  rule.until = until;
  std::pmr::vector<RetentionCell> matrix(memory);
  std::pmr::vector<std::uint64_t> users(memory);
  auto next = counted.returned.begin();
  for (const auto& cohort : counted.cohorts) {
    users.assign(rule.cells(), 0);
    for (; next != counted.returned.end() && next->unit <= cohort.unit; ++next) {
      if (next->unit < cohort.unit || next->cell >= users.size()) {
        ThrowCorrupt("Somebody came back who never started.");
      }
      users[next->cell] = next->users;
    }
    if (rule.kind == RetentionKind::kUnbounded) {
      for (std::size_t cell = users.size() - 1; cell > 0; --cell) users[cell - 1] += users[cell];
    }
    ForEachCell(rule, cohort.unit, cohort.size, counted.last_day.value_or(0),
                [&](std::size_t cell, const auto&, RetentionCell filled) {
                  CheckStop();
                  filled.users = std::min(users[cell], cohort.size);
                  matrix.push_back(filled);
                });
  }
  return matrix;
}

}  // namespace cdp::behavior
