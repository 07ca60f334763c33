/// timeline_page_agg and rollup of pages: timelines are appended to a state of the type itself in
/// build form; the final function puts them into order and unites what belongs to one person.

#include "core/base/copy.h"
#include "core/timeline/timeline_page_parts.h"
#include "pg/base/flat_state.h"
#include "pg/timeline/event_arguments.h"
#include "pg/timeline/timeline_datum.h"
#include "pg/timeline/timeline_page_datum.h"

namespace cdp::pg {
namespace {

using timeline::PagePerson;

/// The length word and the head of the build form.
struct BuildHeader {
  int32 vl_len_;
  uint8 version;
  uint8 zero[3];
  uint32 used;
};
static_assert(sizeof(BuildHeader) == VARHDRSZ + sizeof(timeline::PageBuildHeader));
using BuildState = FlatState<BuildHeader, std::byte>;

/// A group's first room: with the header it fills an allocation of 512 bytes.
constexpr std::size_t kFirstRoom = 512 - sizeof(BuildHeader);

/// The state with room for so many bytes more; a new one for null. May longjmp.
BuildHeader* WithRoom(BuildHeader* state, std::size_t bytes) {
  if (state != nullptr) return BuildState::WithRoom(state, bytes);
  BuildHeader header{};
  header.version = timeline::kPageBuildVersion;
  return BuildState::New(header, std::max(bytes, kFirstRoom));
}

/// Bytes that the timelines of a value in either form take in build form; for use inside CallCore.
std::size_t RoomFor(const varlena* value) {
  const std::span<const std::byte> bytes = BytesOf(value);
  if (timeline::IsPageBuild(bytes)) return timeline::PageBuildRows(bytes).size();
  const timeline::PageView page(bytes);
  return page.people() * timeline::kPageBuildHead + page.bodies().size();
}

/// Appends these timelines to a state that has room for them, those of a page, if `bare`, without
/// values and properties; likewise.
void Append(BuildHeader* state, const varlena* value, bool bare = false) {
  const std::span<const std::byte> bytes = BytesOf(value);
  std::byte* end = BuildState::Records(state) + state->used;
  if (timeline::IsPageBuild(bytes)) {
    const auto rows = timeline::PageBuildRows(bytes);
    CopyBytes(end, rows.data(), rows.size());
    end += rows.size();
  } else {
    const timeline::PageView page(bytes);
    page.ForEachPerson([&](const PagePerson& person) {
      end = timeline::WritePageBuild(
          end, bare ? timeline::BarePerson(person.person, page.Open(person)) : person);
    });
  }
  state->used = static_cast<uint32>(end - BuildState::Records(state));
}

/// The state argument in build form, a new one for SQL null, with room for so many bytes more. May
/// longjmp.
BuildHeader* BuildArgument(FunctionCallInfo fcinfo, std::size_t room) {
  varlena* value = StateArgument(fcinfo, 0);
  if (value == nullptr) return WithRoom(nullptr, room);
  if (VARSIZE(value) >= sizeof(BuildHeader)) {
    auto* state = reinterpret_cast<BuildHeader*>(value);
    if (state->version == timeline::kPageBuildVersion &&
        state->used <= BuildState::Capacity(state)) {
      return WithRoom(state, room);
    }
  }
  // A state that was stored, or is no state at all: then reading it raises the error.
  BuildHeader* state = WithRoom(nullptr, room + CallCore([value] { return RoomFor(value); }));
  CallCore([state, value] { Append(state, value); });
  return state;
}

}  // namespace

CDP_FUNCTION(cdp__timeline_page_trans) {
  RequireAggregate(fcinfo, "_timeline_page_trans");
  if (PG_ARGISNULL(1) || PG_ARGISNULL(2)) return UnchangedState(fcinfo);
  const varlena* value = TimelineArgument(fcinfo, 2);
  PagePerson person;
  CallCore([&person, value, id = PG_GETARG_UINT32(1)] {
    const varlena* sealed = SealedTimeline(value);
    // Looked at now, so that a value that is none is told apart from a state that is none.
    const timeline::View view(BytesOf(sealed));
    person = timeline::PersonOf(id, BytesOf(sealed));
  });
  BuildHeader* state = BuildArgument(fcinfo, timeline::kPageBuildHead + person.body.size());
  const std::byte* end = CallCore([state, &person] {
    return timeline::WritePageBuild(BuildState::Records(state) + state->used, person);
  });
  state->used = static_cast<uint32>(end - BuildState::Records(state));
  PG_RETURN_POINTER(state);
}

CDP_FUNCTION(cdp__timeline_page_combine) {
  RequireAggregate(fcinfo, "_timeline_page_combine");
  const varlena* other = PageArgument(fcinfo, 1);
  BuildHeader* state = BuildArgument(fcinfo, CallCore([other] { return RoomFor(other); }));
  CallCore([state, other] { Append(state, other); });
  PG_RETURN_POINTER(state);
}

CDP_FUNCTION(cdp__timeline_page_parts_trans) {
  RequireAggregate(fcinfo, "_timeline_page_parts_trans");
  if (PG_ARGISNULL(1)) return UnchangedState(fcinfo);
  const varlena* page = PageArgument(fcinfo, 1);
  const bool bare = !PG_ARGISNULL(2) && PG_GETARG_BOOL(2);
  const std::size_t room = CallCore([page] { return RoomFor(page); });
  // Mostly another page follows, and the server copies a state that has moved.
  const std::size_t first = std::max(room, std::min(2 * room, BuildState::kMaxRecords));
  BuildHeader* state = BuildArgument(fcinfo, PG_ARGISNULL(0) ? first : room);
  CallCore([state, page, bare] { Append(state, page, bare); });
  PG_RETURN_POINTER(state);
}

CDP_FUNCTION(cdp__timeline_page_final) {
  const varlena* state = PageArgument(fcinfo, 0);
  PG_RETURN_POINTER(CallCore([state] { return SealedPage(state); }));
}

}  // namespace cdp::pg
