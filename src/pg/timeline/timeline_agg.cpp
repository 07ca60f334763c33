/// timeline_agg and rollup: events are appended to a state of the type itself in build form; the
/// final function sorts a copy and seals it.

#include "pg/base/flat_state.h"
#include "pg/timeline/event_arguments.h"
#include "pg/timeline/timeline_datum.h"

namespace cdp::pg {
namespace {

using timeline::Event;
using timeline::FullEvent;
using timeline::RecordKind;
using timeline::ValuedEvent;

/// The length word and the head of the build form.
struct BuildHeader {
  int32 vl_len_;
  uint8 version;
  uint8 flags;
  uint16 zero;
  uint32 used;

  RecordKind kind() const { return static_cast<RecordKind>(flags >> 1); }
};

template <class Record>
using BuildState = FlatState<BuildHeader, Record>;

/// A group's first room: with the header, events without a value fill an allocation of 128 bytes.
constexpr std::size_t kFirstRoom = 9;

template <class Record>
BuildHeader* NewBuildState(std::size_t capacity) {
  BuildHeader header{};
  header.version = timeline::kBuildVersion;
  header.flags = timeline::KindFlags(timeline::kKindOf<Record>);
  return BuildState<Record>::New(header, capacity);
}

template <class Record>
void NoteOrder(BuildHeader* state, std::size_t from) {
  // One look at the seam is enough: both sides carry their own note.
  if (from > 0 && from < state->used) {
    const Record* events = BuildState<Record>::Records(state);
    if (events[from] < events[from - 1]) state->flags |= timeline::kUnsorted;
  }
}

/// The state with records of another kind, which has more room. May longjmp.
template <class Record>
BuildHeader* Widened(const BuildHeader* state) {
  return timeline::WithRecord(state->kind(), [state]<class From>() {
    BuildHeader* wide = NewBuildState<Record>(BuildState<From>::Capacity(state));
    wide->flags |= state->flags & timeline::kUnsorted;
    Record* out = BuildState<Record>::Records(wide);
    for (const From& event : BuildState<From>::Used(state)) {
      *out++ = timeline::ConvertEvent<Record>(event);
    }
    wide->used = state->used;
    return wide;
  });
}

/// Appends the events of a value in either form. May longjmp.
BuildHeader* Append(BuildHeader* state, const varlena* value) {
  const std::span<const std::byte> bytes = BytesOf(value);
  const bool build = !bytes.empty() && bytes[0] == std::byte{timeline::kBuildVersion};
  timeline::BuildView events{};
  CallCore([&] {
    if (build) {
      events = timeline::ReadBuildForm(bytes);
    } else {
      const timeline::View view(bytes);
      events.count = view.count();
      events.kind = KindOf(view);
      events.sorted = true;
    }
  });
  const RecordKind kind = state == nullptr ? events.kind : std::max(state->kind(), events.kind);
  return timeline::WithRecord(kind, [&]<class Record>() {
    using State = BuildState<Record>;
    if (state == nullptr) {
      state = NewBuildState<Record>(std::max(events.count, kFirstRoom));
    } else if (state->kind() != kind) {
      state = Widened<Record>(state);
    }
    state = State::WithRoom(state, events.count);
    const std::size_t from = state->used;
    Record* end = State::Records(state) + from;
    CallCore([&events, bytes, build, end] {
      if (build) {
        events.CopyTo(end);
      } else {
        timeline::CopyEvents(timeline::View(bytes), end);
      }
    });
    if (!events.sorted) state->flags |= timeline::kUnsorted;
    state->used += static_cast<uint32>(events.count);
    NoteOrder<Record>(state, from);
    return state;
  });
}

/// The state argument in build form; null when it is SQL null. May longjmp.
BuildHeader* BuildArgument(FunctionCallInfo fcinfo) {
  varlena* value = StateArgument(fcinfo, 0);
  if (value == nullptr) return nullptr;
  if (VARSIZE(value) >= sizeof(BuildHeader)) {
    auto* state = reinterpret_cast<BuildHeader*>(value);
    if (state->version == timeline::kBuildVersion && state->kind() <= RecordKind::kFull &&
        timeline::WithRecord(state->kind(), [state]<class Record>() {
          return state->used <= BuildState<Record>::Capacity(state);
        })) {
      return state;
    }
  }
  // A state that was stored, or is no state at all: then reading it raises the error.
  return Append(nullptr, value);
}

/// Appends one event; it may have less than the state's records have room for, or more. May
/// longjmp.
template <class Record>
BuildHeader* AppendEvent(BuildHeader* state, const Record& event) {
  constexpr RecordKind kKind = timeline::kKindOf<Record>;
  if (state == nullptr) {
    state = NewBuildState<Record>(kFirstRoom);
  } else if (state->kind() < kKind) {
    state = Widened<Record>(state);
  }
  const auto append = [&]<class Kept>() {
    state = BuildState<Kept>::WithRoom(state, 1);
    BuildState<Kept>::Records(state)[state->used++] = timeline::ConvertEvent<Kept>(event);
    NoteOrder<Kept>(state, state->used - 1);
  };
  if (state->kind() == kKind) [[likely]] {
    append.template operator()<Record>();
  } else {
    timeline::WithRecord(state->kind(), append);
  }
  return state;
}

}  // namespace

CDP_FUNCTION(cdp__timeline_trans) {
  RequireAggregate(fcinfo, "_timeline_trans");
  Event event;
  if (!TakeEvent(fcinfo, 1, &event)) return UnchangedState(fcinfo);
  PG_RETURN_POINTER(AppendEvent(BuildArgument(fcinfo), event));
}

CDP_FUNCTION(cdp__timeline_trans_value) {
  RequireAggregate(fcinfo, "_timeline_trans_value");
  Event event;
  if (!TakeEvent(fcinfo, 1, &event)) return UnchangedState(fcinfo);
  auto full = timeline::ConvertEvent<FullEvent>(event);
  TakeValue(fcinfo, 3, &full);
  PG_RETURN_POINTER(AppendEvent(BuildArgument(fcinfo), timeline::ConvertEvent<ValuedEvent>(full)));
}

CDP_FUNCTION(cdp__timeline_trans_properties) {
  RequireAggregate(fcinfo, "_timeline_trans_properties");
  Event event;
  if (!TakeEvent(fcinfo, 1, &event)) return UnchangedState(fcinfo);
  auto full = timeline::ConvertEvent<FullEvent>(event);
  TakeValue(fcinfo, 3, &full);
  const int properties = TakeProperties(fcinfo, 4, &full);
  BuildHeader* state = BuildArgument(fcinfo);
  PG_RETURN_POINTER(properties > 1 ? AppendEvent(state, full)
                                   : AppendEvent(state, timeline::ConvertEvent<ValuedEvent>(full)));
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
