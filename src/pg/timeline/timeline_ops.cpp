/// Timelines made of timelines.

#include "core/base/room.h"
#include "pg/timeline/timeline_datum.h"

namespace cdp::pg {

CDP_FUNCTION(cdp_timeline_concat) {
  const varlena* left = TimelineArgument(fcinfo, 0);
  const varlena* right = TimelineArgument(fcinfo, 1);
  PG_RETURN_POINTER(CallCore([left, right]() -> const varlena* {
    const varlena* sealed_left = SealedTimeline(left);
    const varlena* sealed_right = SealedTimeline(right);
    const timeline::View a(BytesOf(sealed_left));
    const timeline::View b(BytesOf(sealed_right));
    if (b.count() == 0) return sealed_left;
    if (a.count() == 0) return sealed_right;
    return timeline::WithRecord(std::max(KindOf(a), KindOf(b)), [&]<class Record>() {
      // New events are mostly later than all others: then nothing is to be merged.
      const bool forth = a.first() <= b.first();
      const timeline::View& early = forth ? a : b;
      const timeline::View& late = forth ? b : a;
      ContextResource memory(CurrentMemoryContext);
      const Room<Record> events(early.count() + late.count(), &memory);
      timeline::CopyEvents(early, events.data());
      timeline::CopyEvents(late, events.data() + early.count());
      MergeRuns<Record>(events.records(), early.count(), &memory);
      return NewTimeline<Record>(events.records());
    });
  }));
}

CDP_FUNCTION(cdp_timeline_slice) {
  const varlena* value = TimelineArgument(fcinfo, 0);
  const Micros from = PG_GETARG_TIMESTAMPTZ(1);
  const Micros to = PG_GETARG_TIMESTAMPTZ(2);
  PG_RETURN_POINTER(CallCore([value, from, to]() -> const varlena* {
    const varlena* sealed = SealedTimeline(value);
    const timeline::View view(BytesOf(sealed));
    if (view.count() > 0 && from <= view.first() && view.last() < to) return sealed;
    return timeline::WithRecord(KindOf(view), [&]<class Record>() {
      ContextResource memory(CurrentMemoryContext);
      std::pmr::vector<Record> kept(&memory);
      timeline::ForEachRecord<Record>(view, [&](const Record& event) {
        if (event.at >= from && event.at < to) kept.push_back(event);
      });
      return NewTimeline<Record>(kept);
    });
  }));
}

CDP_FUNCTION(cdp_timeline_distinct) {
  const varlena* value = TimelineArgument(fcinfo, 0);
  PG_RETURN_POINTER(CallCore([value]() -> const varlena* {
    const varlena* sealed = SealedTimeline(value);
    const timeline::View view(BytesOf(sealed));
    return timeline::WithRecord(KindOf(view), [&]<class Record>() -> const varlena* {
      ContextResource memory(CurrentMemoryContext);
      const Room<Record> room(view.count(), &memory);
      const std::span<Record> events = room.records();
      timeline::CopyEvents(view, events.data());
      std::size_t kept = 0;
      timeline::ForEachPolled<Record>(events, [&](const Record& event) {
        if (kept == 0 || !(event == events[kept - 1])) events[kept++] = event;
      });
      return kept == events.size() ? sealed : NewTimeline<Record>(events.first(kept));
    });
  }));
}

}  // namespace cdp::pg
