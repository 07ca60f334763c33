/// timeline_page_agg and rollup of pages: timelines are appended to a state of the type itself in
/// build form; the final function puts them into order and unites what belongs to one person.

#include "core/base/copy.h"
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

/// Appends the timelines of a value in either form. May longjmp.
BuildHeader* Append(BuildHeader* state, const varlena* value) {
  const std::span<const std::byte> bytes = BytesOf(value);
  if (timeline::IsPageBuild(bytes)) {
    std::span<const std::byte> rows;
    CallCore([&rows, bytes] { rows = timeline::PageBuildRows(bytes); });
    state = WithRoom(state, rows.size());
    CallCore([state, rows] {
      CopyBytes(BuildState::Records(state) + state->used, rows.data(), rows.size());
    });
    state->used += static_cast<uint32>(rows.size());
    return state;
  }
  const std::size_t room = CallCore([bytes] {
    const timeline::PageView page(bytes);
    return page.people() * timeline::kPageBuildHead + page.bodies().size();
  });
  state = WithRoom(state, room);
  CallCore([state, bytes] {
    std::byte* end = BuildState::Records(state) + state->used;
    timeline::PageView(bytes).ForEachPerson(
        [&end](const PagePerson& person) { end = timeline::WritePageBuild(end, person); });
    state->used = static_cast<uint32>(end - BuildState::Records(state));
  });
  return state;
}

/// The state argument in build form; null when it is SQL null. May longjmp.
BuildHeader* BuildArgument(FunctionCallInfo fcinfo) {
  varlena* value = StateArgument(fcinfo, 0);
  if (value == nullptr) return nullptr;
  if (VARSIZE(value) >= sizeof(BuildHeader)) {
    auto* state = reinterpret_cast<BuildHeader*>(value);
    if (state->version == timeline::kPageBuildVersion &&
        state->used <= BuildState::Capacity(state)) {
      return state;
    }
  }
  // A state that was stored, or is no state at all: then reading it raises the error.
  return Append(nullptr, value);
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
  BuildHeader* state =
      WithRoom(BuildArgument(fcinfo), timeline::kPageBuildHead + person.body.size());
  const std::byte* end = timeline::WritePageBuild(BuildState::Records(state) + state->used, person);
  state->used = static_cast<uint32>(end - BuildState::Records(state));
  PG_RETURN_POINTER(state);
}

CDP_FUNCTION(cdp__timeline_page_combine) {
  RequireAggregate(fcinfo, "_timeline_page_combine");
  const varlena* other = PageArgument(fcinfo, 1);
  PG_RETURN_POINTER(Append(BuildArgument(fcinfo), other));
}

CDP_FUNCTION(cdp__timeline_page_final) {
  const varlena* state = PageArgument(fcinfo, 0);
  PG_RETURN_POINTER(CallCore([state] { return SealedPage(state); }));
}

}  // namespace cdp::pg
