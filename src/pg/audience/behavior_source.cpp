#include "pg/audience/behavior_source.h"

#include <algorithm>

#include "core/timeline/timeline_page_writer.h"
#include "pg/audience/behavior_names.h"
#include "pg/audience/behavior_news.h"
#include "pg/base/query_rows.h"
#include "pg/timeline/timeline_datum.h"

namespace cdp::pg {

using audience::Behavior;
using audience::BehaviorScan;
using audience::Node;
using audience::WantedPeople;
using behavior::CalendarUnit;
using behavior::Day;
using bsi::IdSet;
using bsi::SetOperation;
using timeline::PagePeople;
using timeline::PagePerson;
using timeline::PageView;
using News = BehaviorSource::News;

namespace {

/// To look a slot up costs as much as to pass over this many.
constexpr std::size_t kPassedOver = 4;

using Months = std::pair<Day, Day>;

/// The first days of the months in which a period begins and ends.
Months MonthsOf(const timeline::Period& period) {
  const auto month = [](Micros at) {
    return FirstDayOf(CalendarUnit::kMonth,
                      UnitOf(CalendarUnit::kMonth, FloorDivide(at, kMicrosPerDay)));
  };
  return {period.from == INT64_MIN ? DATEVAL_NOBEGIN : month(period.from),
          period.to == INT64_MAX ? DATEVAL_NOEND : month(period.to - 1)};
}

/// Puts what pages hold together with the news.
class PageReader {
 public:
  PageReader(std::span<const News> news, const WantedPeople& wanted, BehaviorScan* scan,
             std::pmr::memory_resource* memory)
      : news_(news), wanted_(wanted), scan_(scan), memory_(memory) {}

  bool Wants(std::int32_t slot) const { return wanted_.AnyOf(slot); }

  /// Pages come by slot and month.
  void Take(std::int32_t slot, Day month, std::span<const std::byte> page) {
    TakeNewsBefore(slot, month);
    GoTo(slot);
    const PageView view(page);
    const auto cell = NextCell();
    if (cell.empty() || cell.front().slot != slot || cell.front().month != month) {
      return scan_->Take(view);
    }
    TakeTogether(&view, cell);
  }

  void End() {
    TakeNewsBefore(INT32_MAX, INT64_MAX);
    scan_->Finish();
  }

 private:
  void GoTo(std::int32_t slot) {
    if (slot == slot_) return;
    if (slot < slot_) throw Error(ErrorCode::kInternal, "pages of timelines are out of order");
    scan_->Finish();
    slot_ = slot;
  }

  /// The next news that are of one slot and month.
  std::span<const News> NextCell() const {
    std::size_t n = 0;
    while (n < news_.size() && news_[n].slot == news_[0].slot && news_[n].month == news_[0].month) {
      ++n;
    }
    return news_.first(n);
  }

  void TakeNewsBefore(std::int32_t slot, Day month) {
    while (!news_.empty() && std::pair(news_[0].slot, news_[0].month) < std::pair(slot, month)) {
      GoTo(news_[0].slot);
      TakeTogether(nullptr, NextCell());
    }
  }

  void TakeTogether(const PageView* page, std::span<const News> cell) {
    news_ = news_.subspan(cell.size());
    std::pmr::monotonic_buffer_resource scratch(memory_);
    PagePeople people(&scratch);
    if (page != nullptr) {
      page->ForEachPerson([&](const PagePerson& person) {
        const bool is_replaced = std::any_of(cell.begin(), cell.end(), [&](const News& each) {
          return each.replaces && each.person.person == person.person;
        });
        if (!is_replaced) people.push_back(person);
      });
    }
    for (const News& each : cell) people.push_back(each.person);
    timeline::UnitePeople(&people, &scratch);
    for (const PagePerson& person : people) {
      scan_->Take(person, person.body.data() + person.body.size());
    }
  }

  std::span<const News> news_;  ///< still to come
  const WantedPeople& wanted_;
  BehaviorScan* scan_;
  std::pmr::memory_resource* memory_;
  std::int32_t slot_ = -1;
};

constexpr ResultColumn kPageRow[] = {{"int4"}, {"date"}, {"timeline_page"}};

void TakePageRow(TupleTableSlot* row, void* closure) {
  auto* reader = static_cast<PageReader*>(closure);
  bool is_null = false;
  const std::int32_t slot = DatumGetInt32(slot_getattr(row, 1, &is_null));
  if (!reader->Wants(slot)) return;
  const Day month = DatumGetDateADT(slot_getattr(row, 2, &is_null));
  const varlena* page = PG_DETOAST_DATUM_PACKED(slot_getattr(row, 3, &is_null));
  CallCore([=] { reader->Take(slot, month, BytesOf(page)); });
}

struct NewsRoom {
  std::pmr::vector<News>* news;
  MemoryContext context;
};

void KeepNews(std::uint32_t person, DateADT month, const varlena* tl, void* closure) {
  const auto* room = static_cast<NewsRoom*>(closure);
  const MemoryContext before = MemoryContextSwitchTo(room->context);
  const varlena* copy = tl == nullptr ? nullptr : PG_DETOAST_DATUM_COPY(PointerGetDatum(tl));
  CallCore([=] {
    PagePerson part{person, {}, {}};
    if (copy != nullptr) part = timeline::PersonOf(person, BytesOf(SealedTimeline(copy)));
    const auto slot = static_cast<std::int32_t>(person >> WantedPeople::kSlotBits);
    room->news->push_back({slot, month, copy == nullptr, part});
  });
  MemoryContextSwitchTo(before);
}

}  // namespace

Zone BusinessZone() {
  return ZoneNamed(FindOwnValue("SELECT cdp.setting('time_zone')", {}, "text"));
}

BehaviorSource::BehaviorSource(std::int32_t chunk, TimestampTz now, Zone* zone,
                               std::pmr::memory_resource* memory)
    : chunk_(chunk),
      clock_(zone, now),
      memory_(memory),
      context_(CurrentMemoryContext),
      news_(memory) {}

IdSet BehaviorSource::People(const Node& leaf, const IdSet* within,
                             const std::function<bitmap::Bytes()>& everyone) {
  StoredNames names;
  const Behavior behavior(leaf, &names, clock_, memory_);
  ReadNews();
  IdSet asked = Starters(behavior);
  if (within != nullptr) asked.Combine(SetOperation::kAnd, within->view());
  const WantedPeople wanted(asked.bytes(), chunk_, memory_);
  BehaviorScan scan(behavior, wanted, memory_);
  ReadPages(behavior, wanted, &scan);
  IdSet found = scan.Found();
  if (!behavior.is_open()) return found;
  const IdSet all(within != nullptr ? within->bytes() : everyone(), memory_);
  return IdSet(SetOperation::kAndNot, all.view(), found.view(), memory_);
}

IdSet BehaviorSource::Starters(const Behavior& behavior) const {
  const timeline::Period& window = behavior.window();
  if (window.from >= window.to) return IdSet(memory_);
  Zone* const zone = clock_.zone();
  // Where clocks go back over midnight, a day comes again: before the window, or after it.
  Day from = DATEVAL_NOBEGIN;
  if (window.from != INT64_MIN) {
    from = zone->DayOf(window.from);
    if (zone->StartOfDay(from) != window.from) --from;
  }
  const Day to = window.to == INT64_MAX ? DATEVAL_NOEND : zone->DayOf(window.to) + 1;
  const QueryValue values[] = {{INT4OID, Int32GetDatum(behavior.first_code())},
                               {DATEOID, DateADTGetDatum(static_cast<DateADT>(from))},
                               {DATEOID, DateADTGetDatum(static_cast<DateADT>(to))},
                               {INT4OID, Int32GetDatum(chunk_)},
                               {INT8OID, Int64GetDatum(behavior.least_events())}};
  const bool counts = behavior.least_events() > 1;
  const varlena* members = CallServer([&values, counts] {
    return FindOwnValue(
        counts
            ? "SELECT cdp.bsi_ge(cdp.bsi_agg(d.times), $5) FROM cdp.event_day_by AS d"
              " WHERE d.slot = 0 AND d.code = $1 AND d.day >= $2 AND d.day <= $3 AND d.chunk = $4"
            : "SELECT cdp.rb_or_agg(d.members) FROM cdp.event_day_by AS d"
              " WHERE d.slot = 0 AND d.code = $1 AND d.day >= $2 AND d.day <= $3 AND d.chunk = $4",
        values, "roaringbitmap");
  });
  std::pmr::vector<std::uint32_t> fresh(memory_);
  for (const News& each : news_) fresh.push_back(each.person.person);
  std::sort(fresh.begin(), fresh.end());
  fresh.erase(std::unique(fresh.begin(), fresh.end()), fresh.end());
  IdSet people(std::span<const std::uint32_t>(fresh), memory_);
  if (members == nullptr) return people;
  return IdSet(SetOperation::kOr, IdSet(BytesOf(members), memory_).view(), people.view(), memory_);
}

void BehaviorSource::ReadNews() {
  if (knows_news_) return;
  knows_news_ = true;
  NewsRoom room{&news_, context_};
  CallServer([this, &room] {
    TakeNews(chunk_, KeepNews, &room);
    return 0;
  });
  std::stable_sort(news_.begin(), news_.end(), [](const News& a, const News& b) {
    return std::pair(a.slot, a.month) < std::pair(b.slot, b.month);
  });
}

void BehaviorSource::ReadPages(const Behavior& behavior, const WantedPeople& wanted,
                               BehaviorScan* scan) {
  if (behavior.reads().from >= behavior.reads().to || wanted.slots().empty()) return;
  const Months months = MonthsOf(behavior.reads());
  std::vector<News> news;
  for (const News& each : news_) {
    if (months.first <= each.month && each.month <= months.second) news.push_back(each);
  }
  PageReader reader(news, wanted, scan, memory_);
  auto* const to = &reader;
  const QueryValue from{DATEOID, DateADTGetDatum(static_cast<DateADT>(months.first))};
  const QueryValue until{DATEOID, DateADTGetDatum(static_cast<DateADT>(months.second))};
  const std::pmr::vector<std::int32_t>& slots = wanted.slots();
  const std::int32_t first_slot = slots.front();
  const std::int32_t last_slot = slots.back();
  const auto between = static_cast<std::size_t>(last_slot - first_slot);
  const auto* const few = slots.size() <= between / kPassedOver + 1 ? &slots : nullptr;
  const bool is_one_month = months.first == months.second;
  CallServer([=] {
    if (few == nullptr) {
      const QueryValue values[] = {
          {INT4OID, Int32GetDatum(first_slot)}, {INT4OID, Int32GetDatum(last_slot)}, from, until};
      RunOwnQuery(is_one_month ? "SELECT t.slot, t.month, t.page FROM cdp.timeline_month AS t"
                                 " WHERE t.slot >= $1 AND t.slot <= $2 AND t.month = $3"
                                 " ORDER BY t.slot"
                               : "SELECT t.slot, t.month, t.page FROM cdp.timeline_month AS t"
                                 " WHERE t.slot >= $1 AND t.slot <= $2"
                                 "   AND t.month >= $3 AND t.month <= $4"
                                 " ORDER BY t.slot, t.month",
                  values, kPageRow, TakePageRow, to);
      return 0;
    }
    auto* elements = static_cast<Datum*>(palloc(few->size() * sizeof(Datum)));
    for (std::size_t i = 0; i < few->size(); ++i) elements[i] = Int32GetDatum((*few)[i]);
    const QueryValue values[] = {
        {INT4ARRAYOID, PointerGetDatum(construct_array(elements, static_cast<int>(few->size()),
                                                       INT4OID, 4, true, TYPALIGN_INT))},
        from,
        until};
    RunOwnQuery(
        "SELECT s.slot, t.month, t.page FROM unnest($1) AS s (slot)"
        " CROSS JOIN LATERAL (SELECT m.month, m.page FROM cdp.timeline_month AS m"
        "                      WHERE m.slot = s.slot AND m.month >= $2 AND m.month <= $3"
        "                      ORDER BY m.month) AS t",
        values, kPageRow, TakePageRow, to);
    return 0;
  });
  reader.End();
}

}  // namespace cdp::pg
