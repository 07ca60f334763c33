/// What is asked of a stored timeline, and what is made of one.

#include "pg/timeline/timeline_datum.h"

namespace cdp::pg {
namespace {

using timeline::Event;

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
    ContextResource memory(CurrentMemoryContext);
    const timeline::View a = ReadTimeline(left);
    const timeline::View b = ReadTimeline(right);
    std::pmr::vector<Event> parts(a.count() + b.count(), &memory);
    std::pmr::vector<Event> merged(parts.size(), &memory);
    a.CopyEvents(parts.data());
    b.CopyEvents(parts.data() + a.count());
    const std::span<const Event> all = parts;
    timeline::MergeSorted(all.first(a.count()), all.subspan(a.count()), merged.data());
    return NewTimeline(merged);
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
    ContextResource memory(CurrentMemoryContext);
    std::pmr::vector<Event> kept(&memory);
    timeline::ForEachEvent(view, [&kept, from, to](Micros at, std::int32_t code) {
      if (at >= from && at < to) kept.push_back({at, code});
    });
    return NewTimeline(kept);
  }));
}

}  // namespace cdp::pg
