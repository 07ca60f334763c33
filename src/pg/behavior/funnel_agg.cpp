/// window_funnel over rows: the state keeps the rows that fill a step and what all rows must agree
/// on, the window and the number of conditions.

#include "core/behavior/funnel_state.h"
#include "pg/base/flat_state.h"
#include "pg/behavior/conditions.h"

namespace cdp::pg {
namespace {

using behavior::Hit;

/// A length word before the core's header.
struct FunnelHeader {
  int32 vl_len_;
  uint8 version;
  uint8 flags;
  uint8 conditions;
  uint8 zero;
  uint32 used;
  uint32 window_low;
  uint32 window_high;

  uint64 window() const { return static_cast<uint64>(window_high) << 32 | window_low; }
};
static_assert(sizeof(FunnelHeader) == VARHDRSZ + sizeof(behavior::FunnelStateHeader));

using FunnelState = FlatState<FunnelHeader, Hit>;

/// A group's first room: with the header it fills an allocation of 128 bytes.
constexpr std::size_t kFirstRoom = 9;

FunnelHeader* NewFunnelState(std::size_t capacity, int conditions, uint64 window) {
  FunnelHeader header{};
  header.version = behavior::kFunnelStateVersion;
  header.conditions = static_cast<uint8>(conditions);
  header.window_low = static_cast<uint32>(window);
  header.window_high = static_cast<uint32>(window >> 32);
  return FunnelState::New(header, capacity);
}

void RequireAgreement(const FunnelHeader* state, int conditions, uint64 window) {
  if (state->conditions != conditions) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("the number of conditions must be the same for all rows of a group"),
                    errdetail("There are rows with %d and with %d conditions.", state->conditions,
                              conditions)));
  }
  if (state->window() != window) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("the window must be the same for all rows of a group")));
  }
}

void NoteOrder(FunnelHeader* state, std::size_t from) {
  // One look at the seam is enough: both sides carry their own note.
  if (from > 0 && from < state->used) {
    const Hit* hits = FunnelState::Records(state);
    if (hits[from].at < hits[from - 1].at) state->flags |= behavior::kHitsUnsorted;
  }
}

/// The state argument, or null when it is SQL null. May longjmp.
FunnelHeader* FunnelArgument(FunctionCallInfo fcinfo) {
  varlena* value = StateArgument(fcinfo, 0);
  if (value == nullptr) return nullptr;
  auto* state = reinterpret_cast<FunnelHeader*>(value);
  if (VARSIZE(value) < sizeof(FunnelHeader) || state->version != behavior::kFunnelStateVersion ||
      state->used > FunnelState::Capacity(state)) {
    // Raises the error that says what is wrong.
    CallCore([value] { behavior::ReadFunnelState(BytesOf(value)); });
  }
  return state;
}

}  // namespace

CDP_FUNCTION(cdp__window_funnel_trans) {
  RequireAggregate(fcinfo, "_window_funnel_trans");
  if (PG_ARGISNULL(1)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("window must not be null")));
  }
  const auto window = static_cast<uint64>(SpanMicros(PG_GETARG_INTERVAL_P(1), "window"));
  const Conditions row = ConditionsArgument(fcinfo, 3, behavior::kMaxConditions);
  FunnelHeader* state = FunnelArgument(fcinfo);
  if (state == nullptr) {
    state = NewFunnelState(kFirstRoom, row.count, window);
  } else {
    RequireAgreement(state, row.count, window);
  }
  // A row that fills nothing cannot change the answer.
  if (PG_ARGISNULL(2) || row.held == 0) PG_RETURN_POINTER(state);
  const TimestampTz at = PG_GETARG_TIMESTAMPTZ(2);
  if (TIMESTAMP_NOT_FINITE(at)) {
    ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
                    errmsg("funnel cannot hold an event at an infinite time")));
  }
  state = FunnelState::WithRoom(state, 1);
  FunnelState::Records(state)[state->used++] = {at, row.held};
  NoteOrder(state, state->used - 1);
  PG_RETURN_POINTER(state);
}

CDP_FUNCTION(cdp__window_funnel_combine) {
  RequireAggregate(fcinfo, "_window_funnel_combine");
  FunnelHeader* state = FunnelArgument(fcinfo);
  const varlena* value = PG_DETOAST_DATUM(PG_GETARG_DATUM(1));
  behavior::FunnelStateView other{};
  CallCore([&other, value] { other = behavior::ReadFunnelState(BytesOf(value)); });
  RequireAgreement(state, other.header.conditions, other.header.window());
  state = FunnelState::WithRoom(state, other.hits.size());
  const std::size_t from = state->used;
  std::copy(other.hits.begin(), other.hits.end(), FunnelState::Records(state) + from);
  state->used += other.header.used;
  state->flags |= other.header.flags;
  NoteOrder(state, from);
  PG_RETURN_POINTER(state);
}

CDP_FUNCTION(cdp__window_funnel_final) {
  if (PG_ARGISNULL(0)) PG_RETURN_INT32(0);
  const varlena* value = PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
  PG_RETURN_INT32(CallCore([value] {
    ContextResource memory(CurrentMemoryContext);
    return behavior::FunnelDepth(behavior::ReadFunnelState(BytesOf(value)), &memory);
  }));
}

}  // namespace cdp::pg
