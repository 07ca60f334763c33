#include "pg/audience/behavior_source.h"

#include <algorithm>

#include "core/timeline/timeline_page_writer.h"
#include "pg/audience/behavior_names.h"
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

/// Above this many slots all of a chunk are gone through instead.
constexpr std::size_t kFewSlots = 4096;

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
  PageReader(std::span<const News> news, const WantedPeople* wanted, BehaviorScan* scan,
             std::pmr::memory_resource* memory)
      : news_(news), wanted_(wanted), scan_(scan), memory_(memory) {}

  bool Wants(std::int32_t slot) const { return wanted_ == nullptr || wanted_->AnyOf(slot); }

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
  const WantedPeople* wanted_;
  BehaviorScan* scan_;
  std::pmr::memory_resource* memory_;
  std::int32_t slot_ = -1;
};

void TakePageRow(TupleTableSlot* row, void* closure) {
  auto* reader = static_cast<PageReader*>(closure);
  bool is_null = false;
  const std::int32_t slot = DatumGetInt32(slot_getattr(row, 1, &is_null));
  if (!reader->Wants(slot)) return;
  const Day month = DatumGetDateADT(slot_getattr(row, 2, &is_null));
  const varlena* page = PG_DETOAST_DATUM_PACKED(slot_getattr(row, 3, &is_null));
  CallCore([=] { reader->Take(slot, month, BytesOf(page)); });
}

void TakeText(TupleTableSlot* row, void* closure) {
  auto* found = static_cast<std::pair<text*, MemoryContext>*>(closure);
  bool is_null = false;
  const Datum value = slot_getattr(row, 1, &is_null);
  const MemoryContext before = MemoryContextSwitchTo(found->second);
  found->first = is_null ? nullptr : DatumGetTextPCopy(value);
  MemoryContextSwitchTo(before);
}

/// The text that a query of one row and column gives; null for none. May longjmp.
text* TextOf(const char* query) {
  std::pair<text*, MemoryContext> found{nullptr, CurrentMemoryContext};
  RunOwnQuery(query, {}, TakeText, &found);
  return found.first;
}

struct NewsTaker {
  std::pmr::vector<News>* news;
  MemoryContext context;
};

void TakeNewsRow(TupleTableSlot* row, void* closure) {
  const auto* taker = static_cast<NewsTaker*>(closure);
  bool is_null = false;
  const auto person = static_cast<std::uint32_t>(DatumGetInt32(slot_getattr(row, 1, &is_null)));
  const Day month = DatumGetDateADT(slot_getattr(row, 2, &is_null));
  const Datum value = slot_getattr(row, 3, &is_null);
  const MemoryContext before = MemoryContextSwitchTo(taker->context);
  const varlena* tl = is_null ? nullptr : PG_DETOAST_DATUM_COPY(value);
  CallCore([=] {
    PagePerson part{person, {}, {}};
    if (tl != nullptr) part = timeline::PersonOf(person, BytesOf(SealedTimeline(tl)));
    const auto slot = static_cast<std::int32_t>(person >> WantedPeople::kSlotBits);
    taker->news->push_back({slot, month, tl == nullptr, part});
  });
  MemoryContextSwitchTo(before);
}

}  // namespace

Zone BusinessZone() { return ZoneNamed(TextOf("SELECT cdp.setting('time_zone')")); }

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
  std::optional<WantedPeople> wanted;
  if (within != nullptr) wanted.emplace(within->bytes(), chunk_, memory_);
  BehaviorScan scan(behavior, wanted ? &*wanted : nullptr, memory_);
  ReadPages(behavior, wanted ? &*wanted : nullptr, &scan);
  IdSet found = scan.Found();
  if (!behavior.is_open()) return found;
  const bitmap::BitmapView asked(within != nullptr ? within->bytes() : everyone());
  return IdSet(SetOperation::kAndNot, asked, found.view(), memory_);
}

void BehaviorSource::ReadNews() {
  if (knows_news_) return;
  knows_news_ = true;
  NewsTaker taker{&news_, context_};
  const QueryValue chunk{INT4OID, Int32GetDatum(chunk_)};
  CallServer([&taker, &chunk] {
    const text* query = TextOf("SELECT cdp._behavior_news_sql()");
    if (query != nullptr) {
      RunOwnQuery(text_to_cstring(query), {&chunk, 1}, TakeNewsRow, &taker);
    }
    return 0;
  });
  std::stable_sort(news_.begin(), news_.end(), [](const News& a, const News& b) {
    return std::pair(a.slot, a.month) < std::pair(b.slot, b.month);
  });
}

void BehaviorSource::ReadPages(const Behavior& behavior, const WantedPeople* wanted,
                               BehaviorScan* scan) {
  if (behavior.reads().from >= behavior.reads().to) return;
  ReadNews();
  const Months months = MonthsOf(behavior.reads());
  std::vector<News> news;
  for (const News& each : news_) {
    if (months.first <= each.month && each.month <= months.second) news.push_back(each);
  }
  PageReader reader(news, wanted, scan, memory_);
  auto* const to = &reader;
  const QueryValue from{DATEOID, DateADTGetDatum(static_cast<DateADT>(months.first))};
  const QueryValue until{DATEOID, DateADTGetDatum(static_cast<DateADT>(months.second))};
  if (wanted != nullptr && wanted->slots().size() <= kFewSlots) {
    const auto* const slots = &wanted->slots();
    CallServer([=] {
      auto* elements = static_cast<Datum*>(palloc(slots->size() * sizeof(Datum) + 1));
      for (std::size_t i = 0; i < slots->size(); ++i) elements[i] = Int32GetDatum((*slots)[i]);
      const QueryValue values[] = {
          {INT4ARRAYOID, PointerGetDatum(construct_array(elements, static_cast<int>(slots->size()),
                                                         INT4OID, 4, true, TYPALIGN_INT))},
          from,
          until};
      RunOwnQuery(
          "SELECT s.slot, t.month, t.page FROM unnest($1) AS s (slot)"
          " CROSS JOIN LATERAL (SELECT m.month, m.page FROM cdp.timeline_month AS m"
          "                      WHERE m.slot = s.slot AND m.month >= $2 AND m.month <= $3"
          "                      ORDER BY m.month) AS t",
          values, TakePageRow, to);
      return 0;
    });
  } else {
    const std::int32_t slot = chunk_ << (WantedPeople::kChunkBits - WantedPeople::kSlotBits);
    const std::int32_t slots = 1 << (WantedPeople::kChunkBits - WantedPeople::kSlotBits);
    const bool is_one_month = months.first == months.second;
    CallServer([=] {
      const QueryValue values[] = {
          {INT4OID, Int32GetDatum(slot)}, {INT4OID, Int32GetDatum(slot + slots - 1)}, from, until};
      RunOwnQuery(is_one_month ? "SELECT t.slot, t.month, t.page FROM cdp.timeline_month AS t"
                                 " WHERE t.slot >= $1 AND t.slot <= $2 AND t.month = $3"
                                 " ORDER BY t.slot"
                               : "SELECT t.slot, t.month, t.page FROM cdp.timeline_month AS t"
                                 " WHERE t.slot >= $1 AND t.slot <= $2"
                                 "   AND t.month >= $3 AND t.month <= $4"
                                 " ORDER BY t.slot, t.month",
                  values, TakePageRow, to);
      return 0;
    });
  }
  reader.End();
}

}  // namespace cdp::pg
