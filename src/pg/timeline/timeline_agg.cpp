/// timeline_agg and rollup: events are appended to a state of the type itself in build form; the
/// final function sorts a copy and seals it.

#include "core/timeline/timeline_check.h"
#include "core/timeline/timeline_view.h"
#include "pg/base/flat_state.h"
#include "pg/timeline/timeline_datum.h"

namespace cdp::pg {
namespace {

using timeline::Event;

/// The length word and the head of the build form.
struct BuildHeader {
  int32 vl_len_;
  uint8 version;
  uint8 flags;
  uint16 zero;
  uint32 used;
};

using BuildState = FlatState<BuildHeader, Event>;

/// A group's first room: with the header it fills an allocation of 128 bytes.
constexpr std::size_t kFirstRoom = 9;

BuildHeader* NewBuildState(std::size_t capacity) {
  BuildHeader header{};
  header.version = timeline::kBuildVersion;
  return BuildState::New(header, capacity);
}

void NoteOrder(BuildHeader* state, std::size_t from) {
  // One look at the seam is enough: both sides carry their own note.
  if (from > 0 && from < state->used) {
    const Event* events = BuildState::Records(state);
    if (events[from] < events[from - 1]) state->flags |= timeline::kUnsorted;
  }
}

/// Appends the events of a value in either form. May longjmp.
BuildHeader* Append(BuildHeader* state, const varlena* value) {
  const std::span<const std::byte> bytes = BytesOf(value);
  const bool build = !bytes.empty() && bytes[0] == std::byte{timeline::kBuildVersion};
  timeline::BuildView events{};
  std::size_t count = 0;
  CallCore([&] {
    if (build) {
      events = timeline::ReadBuildForm(bytes);
      count = events.events.size();
    } else {
      count = timeline::View(bytes).count();
    }
  });
  if (state == nullptr) state = NewBuildState(std::max(count, kFirstRoom));
  state = BuildState::WithRoom(state, count);
  const std::size_t from = state->used;
  Event* end = BuildState::Records(state) + from;
  if (build) {
    std::memcpy(end, static_cast<const void*>(events.events.data()), events.events.size_bytes());
    if (!events.sorted) state->flags |= timeline::kUnsorted;
  } else {
    CallCore([bytes, end] { timeline::View(bytes).CopyEvents(end); });
  }
  state->used += static_cast<uint32>(count);
  NoteOrder(state, from);
  return state;
}

/// The state argument in build form; null when it is SQL null. May longjmp.
BuildHeader* BuildArgument(FunctionCallInfo fcinfo) {
  varlena* value = StateArgument(fcinfo, 0);
  if (value == nullptr) return nullptr;
  if (VARSIZE(value) >= sizeof(BuildHeader)) {
    auto* state = reinterpret_cast<BuildHeader*>(value);
    if (state->version == timeline::kBuildVersion && state->used <= BuildState::Capacity(state)) {
      return state;
    }
  }
  // A state that was stored, or is no state at all: then reading it raises the error.
  return Append(nullptr, value);
}

}  // namespace

CDP_FUNCTION(cdp__timeline_trans) {
  RequireAggregate(fcinfo, "_timeline_trans");
  if (PG_ARGISNULL(1) || PG_ARGISNULL(2)) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    PG_RETURN_DATUM(PG_GETARG_DATUM(0));
  }
  const Event event = {PG_GETARG_TIMESTAMPTZ(1), PG_GETARG_INT32(2)};
  if (TIMESTAMP_NOT_FINITE(event.at)) {
    ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
                    errmsg("timeline cannot hold an event at an infinite time")));
  }
  if (event.value < 0) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("event code %d is negative", event.value)));
  }
  BuildHeader* state = BuildArgument(fcinfo);
  if (state == nullptr) state = NewBuildState(kFirstRoom);
  state = BuildState::WithRoom(state, 1);
  BuildState::Records(state)[state->used++] = event;
  NoteOrder(state, state->used - 1);
  PG_RETURN_POINTER(state);
}

CDP_FUNCTION(cdp__timeline_combine) {
  RequireAggregate(fcinfo, "_timeline_combine");
  const varlena* other = TimelineArgument(fcinfo, 1);
  PG_RETURN_POINTER(Append(BuildArgument(fcinfo), other));
}

CDP_FUNCTION(cdp__timeline_final) {
  const varlena* state = TimelineArgument(fcinfo, 0);
  PG_RETURN_POINTER(CallCore([state] { return SealedTimeline(state); }));
}

}  // namespace cdp::pg
