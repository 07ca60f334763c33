/// timelines_read: the timelines of many users, one row each; timelines_count.

#include "core/timeline/user_groups.h"
#include "pg/base/row_set.h"
#include "pg/timeline/timeline_datum.h"
#include "pg/timeline/user_rows_datum.h"

namespace cdp::pg {
namespace {

using timeline::Event;
using timeline::FullEvent;
using timeline::RecordKind;
using timeline::ValuedEvent;

/// Lives in the function's multi-call context; owns nothing but memory of it.
template <class Record>
struct UserTimelines {
  explicit UserTimelines(const varlena* value)
      : memory(CurrentMemoryContext), groups(ReadUserRows(value, &memory).rows, &memory) {}

  /// The next user's timeline, in the current context; null at the end.
  varlena* Next(int64* user) {
    std::span<Record> events;
    if (!groups.Next(user, &events)) return nullptr;
    return NewTimeline<Record>(events);
  }

  ContextResource memory;
  timeline::UserGroups<Record> groups;
};

/// One of them, by what the rows have; the others are null.
struct Reading {
  UserTimelines<Event>* plain;
  UserTimelines<ValuedEvent>* valued;
  UserTimelines<FullEvent>* full;

  varlena* Next(int64* user) const {
    if (plain != nullptr) return plain->Next(user);
    if (valued != nullptr) return valued->Next(user);
    return full->Next(user);
  }
};

template <class Record>
UserTimelines<Record>* Open(const varlena* value) {
  using Timelines = UserTimelines<Record>;
  return new (AllocateIn(CurrentMemoryContext, sizeof(Timelines))) Timelines(value);
}

Reading OpenReading(const varlena* value) {
  switch (timeline::KindOfColumns(UserRowsColumns(value))) {
    case RecordKind::kEvent:
      return {Open<Event>(value), nullptr, nullptr};
    case RecordKind::kValued:
      return {nullptr, Open<ValuedEvent>(value), nullptr};
    default:
      return {nullptr, nullptr, Open<FullEvent>(value)};
  }
}

}  // namespace

CDP_FUNCTION(cdp__timelines_read) {
  if (SRF_IS_FIRSTCALL()) {
    FuncCallContext* call = SRF_FIRSTCALL_INIT();
    const MemoryContext before = MemoryContextSwitchTo(call->multi_call_memory_ctx);
    call->tuple_desc = RowShape(fcinfo);
    const varlena* value = UserRowsValue(fcinfo, 0);
    auto* reading = static_cast<Reading*>(palloc(sizeof(Reading)));
    CallCore([reading, value] { *reading = OpenReading(value); });
    call->user_fctx = reading;
    MemoryContextSwitchTo(before);
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  const auto* reading = static_cast<const Reading*>(call->user_fctx);
  int64 user = 0;
  const varlena* timeline = CallCore([reading, &user] { return reading->Next(&user); });
  if (timeline == nullptr) SRF_RETURN_DONE(call);
  Datum values[2] = {Int64GetDatum(user), PointerGetDatum(timeline)};
  bool nulls[2] = {};
  SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
}

CDP_FUNCTION(cdp_timelines_count) {
  const varlena* value = UserRowsValue(fcinfo, 0);
  PG_RETURN_INT64(CallCore([value] {
    ContextResource memory(CurrentMemoryContext);
    return static_cast<int64>(timeline::CountRows(ReadUserRows(value, &memory).rows));
  }));
}

}  // namespace cdp::pg
