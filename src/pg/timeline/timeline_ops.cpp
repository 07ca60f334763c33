/// What is asked of a stored timeline, and what is made of one.

#include "pg/timeline/timeline_datum.h"

namespace cdp::pg {
namespace {

/// An instant of the timeline, null when it has no events.
template <class Get>
Datum InstantOf(FunctionCallInfo fcinfo, Get get) {
  const varlena* value = TimelineArgument(fcinfo, 0);
  bool empty = false;
  const TimestampTz at = CallCore([&] {
    const timeline::View view = ReadTimeline(value);
    empty = view.count() == 0;
    return static_cast<TimestampTz>(get(view));
  });
  if (empty) PG_RETURN_NULL();
  PG_RETURN_TIMESTAMPTZ(at);
}

}  // namespace

CDP_FUNCTION(cdp_timeline_count) {
  const varlena* value = TimelineArgument(fcinfo, 0);
  PG_RETURN_INT64(CallCore([value] { return static_cast<int64>(ReadTimeline(value).count()); }));
}

CDP_FUNCTION(cdp_timeline_first) {
  return InstantOf(fcinfo, [](const timeline::View& view) { return view.first(); });
}

CDP_FUNCTION(cdp_timeline_last) {
  return InstantOf(fcinfo, [](const timeline::View& view) { return view.last(); });
}

CDP_FUNCTION(cdp_timeline_concat) {
  const varlena* left = TimelineArgument(fcinfo, 0);
  const varlena* right = TimelineArgument(fcinfo, 1);
  PG_RETURN_POINTER(CallCore([left, right] {
    const timeline::View a = ReadTimeline(left);
    const timeline::View b = ReadTimeline(right);
    return timeline::WithRecord(std::max(KindOf(a), KindOf(b)), [&a, &b]<class Record>() {
      ContextResource memory(CurrentMemoryContext);
      std::pmr::vector<Record> parts(a.count() + b.count(), &memory);
      std::pmr::vector<Record> merged(parts.size(), &memory);
      timeline::CopyEvents(a, parts.data());
      timeline::CopyEvents(b, parts.data() + a.count());
      const std::span<const Record> all = parts;
      timeline::MergeSorted(all.first(a.count()), all.subspan(a.count()), merged.data());
      return NewTimeline<Record>(merged);
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
      StopTicker ticker;
      timeline::ForEachRecord<Record>(view, [&](const Record& event) {
        if (event.at >= from && event.at < to) kept.push_back(event);
        ticker.Step();
      });
      return NewTimeline<Record>(kept);
    });
  }));
}

}  // namespace cdp::pg
