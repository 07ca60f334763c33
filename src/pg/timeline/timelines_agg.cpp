/// timelines_build and rollup(timelines): events of many users are kept as they come; they become
/// timelines when they are read.

#include "pg/base/state_io.h"
#include "pg/timeline/event_arguments.h"
#include "pg/timeline/user_rows_datum.h"

namespace cdp::pg {
namespace {

using timeline::Event;
using timeline::FullEvent;
using timeline::ValuedEvent;

struct RowsForm {
  static std::size_t Size(std::span<const std::byte> bytes) {
    return timeline::UserRowsSize(bytes);
  }
};

/// Arguments 1 to 3, the user and the event; false when one of them is null.
bool TakeUserEvent(FunctionCallInfo fcinfo, int64* user, Event* event) {
  if (PG_ARGISNULL(1)) return false;
  *user = PG_GETARG_INT64(1);
  return TakeEvent(fcinfo, 2, event);
}

template <class Record>
Datum Append(FunctionCallInfo fcinfo, const char* function, int64 user, const Record& event) {
  // Only an aggregate has a state that may be written to.
  if (!PG_ARGISNULL(0)) {
    ExpandedRows* expanded = ExpandedRows::Writable(PG_GETARG_DATUM(0));
    if (expanded != nullptr && expanded->value().AddInRoom(user, event)) [[likely]]
      PG_RETURN_DATUM(PG_GETARG_DATUM(0));
  }
  const MemoryContext aggregate = RequireAggregate(fcinfo, function);
  UserRowsState state = UserRowsArgument(fcinfo);
  if (state.is_null()) state = NewUserRows();
  AppendUserRow(&state, aggregate, user, event);
  PG_RETURN_DATUM(state.datum());
}

}  // namespace

CDP_FUNCTION(cdp__timelines_build_trans) {
  int64 user = 0;
  Event event;
  if (!TakeUserEvent(fcinfo, &user, &event)) return UnchangedState(fcinfo);
  return Append(fcinfo, "_timelines_build_trans", user, event);
}

CDP_FUNCTION(cdp__timelines_build_value_trans) {
  int64 user = 0;
  Event event;
  if (!TakeUserEvent(fcinfo, &user, &event)) return UnchangedState(fcinfo);
  auto valued = timeline::ConvertEvent<ValuedEvent>(event);
  TakeValue(fcinfo, 4, &valued);
  return Append(fcinfo, "_timelines_build_value_trans", user, valued);
}

CDP_FUNCTION(cdp__timelines_build_property_trans) {
  int64 user = 0;
  Event event;
  if (!TakeUserEvent(fcinfo, &user, &event)) return UnchangedState(fcinfo);
  auto valued = timeline::ConvertEvent<ValuedEvent>(event);
  TakeValue(fcinfo, 4, &valued);
  if (!PG_ARGISNULL(5)) {
    valued.properties[0] = PG_GETARG_INT32(5);
    valued.present |= 2;
  }
  return Append(fcinfo, "_timelines_build_property_trans", user, valued);
}

CDP_FUNCTION(cdp__timelines_build_properties_trans) {
  int64 user = 0;
  Event event;
  if (!TakeUserEvent(fcinfo, &user, &event)) return UnchangedState(fcinfo);
  auto full = timeline::ConvertEvent<FullEvent>(event);
  TakeValue(fcinfo, 4, &full);
  TakeProperties(fcinfo, 5, &full);
  return Append(fcinfo, "_timelines_build_properties_trans", user, full);
}

CDP_FUNCTION(cdp__timelines_build_combine) {
  const MemoryContext aggregate = RequireAggregate(fcinfo, "_timelines_build_combine");
  if (PG_ARGISNULL(1)) return UnchangedState(fcinfo);
  UserRowsState state = UserRowsArgument(fcinfo);
  MergeUserRows(&state, aggregate, fcinfo);
  PG_RETURN_DATUM(state.datum());
}

CDP_FUNCTION(cdp__timelines_build_final) {
  // As it is: nothing is done twice for what is read at once, and what is stored is flattened. Of
  // few events the room for more would be stored with them.
  if (ExpandedRows* expanded = ExpandedRows::From(PG_GETARG_DATUM(0))) return expanded->ReadOnly();
  PG_RETURN_POINTER(TrimmedState<RowsForm>(fcinfo));
}

}  // namespace cdp::pg
