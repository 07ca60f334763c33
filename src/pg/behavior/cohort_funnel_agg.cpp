/// funnel_agg, over rows and over timelines, and rollup(funnel). A state is null, rows in build
/// form with spare room, a small image, or, once it has grown, an expanded object.

#include "core/base/time.h"
#include "pg/base/flat_state.h"
#include "pg/behavior/cohort_funnel_datum.h"
#include "pg/behavior/prepared_funnel.h"
#include "pg/behavior/ruled_question.h"
#include "pg/behavior/timeline_source.h"

namespace cdp::pg {
namespace {

using behavior::CohortFunnel;
using behavior::kMaxFunnelSteps;
static_assert(kMaxFunnelSteps == behavior::kMaxSteps);

/// A length word before the core's header.
struct RowsHeader {
  int32 vl_len_;
  uint8 version;
  uint8 steps;
  uint16 question;
  uint32 used;
};
static_assert(sizeof(RowsHeader) == VARHDRSZ + sizeof(behavior::FunnelBuildHeader));
using RowsState = FlatState<RowsHeader, std::byte>;

/// A group's first room: with the header it fills an allocation of 64 bytes.
constexpr std::size_t kFirstRoom = 64 - sizeof(RowsHeader);

/// One row of funnel_agg.
struct FunnelRow {
  uint32 user;
  int level;
  int steps;  ///< 0: not told
  uint16 question = 0;
  std::size_t span_count;
  std::uint64_t span[kMaxFunnelSteps];

  std::span<const std::uint64_t> spans() const { return {span, span_count}; }
};

[[noreturn]] void StepsDiffer(int a, int b) {
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                  errmsg("the number of steps must be the same for all rows of a group"),
                  errdetail("There are rows with %d and with %d steps.", a, b)));
  pg_unreachable();
}

/// Reads the times at which a user reached steps 1 to `row->level`. May longjmp.
void TakeChain(ArrayType* chain, FunnelRow* row) {
  const auto times = ElementsOf<TimestampTz>(chain);
  if (times.size() != static_cast<std::size_t>(row->level)) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
             errmsg("level %d comes with a chain of %zu times", row->level, times.size()),
             errdetail("The chain has the time of each step that was reached, or is null.")));
  }
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (TIMESTAMP_NOT_FINITE(times[i])) {
      ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
                      errmsg("the time of a step must not be infinite")));
    }
    if (i == 0) continue;
    if (times[i] < times[i - 1]) {
      ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                      errmsg("the times of a chain must not descend"),
                      errdetail("Step %zu comes before step %zu.", i + 1, i)));
    }
    row->span[i - 1] = cdp::Elapsed(times[i - 1], times[i]);
  }
  row->span_count = times.empty() ? 0 : times.size() - 1;
}

int StepsArgument(FunctionCallInfo fcinfo, int n) {
  if (PG_ARGISNULL(n)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                    errmsg("the number of steps must not be null")));
  }
  const int steps = PG_GETARG_INT32(n);
  CallCore([steps] { behavior::CheckFunnelSteps(steps); });
  return steps;
}

/// Reads a row whose chain is argument `chain` and whose number of steps is argument `steps`; 0 for
/// one that the function has not. False for a row without user or level. May longjmp.
bool TakeRow(FunctionCallInfo fcinfo, int chain, int steps, FunnelRow* row) {
  row->steps = steps == 0 ? 0 : StepsArgument(fcinfo, steps);
  row->span_count = 0;
  if (PG_ARGISNULL(1) || PG_ARGISNULL(2)) return false;
  row->user = PG_GETARG_UINT32(1);
  row->level = PG_GETARG_INT32(2);
  const int most = row->steps == 0 ? kMaxFunnelSteps : row->steps;
  if (row->level < 0) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("level %d of a funnel is negative", row->level)));
  }
  if (row->level > most) {
    ereport(
        ERROR,
        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
         row->steps == 0
             ? errmsg("level %d is beyond the %d steps that a funnel may have", row->level, most)
             : errmsg("level %d is beyond the %d steps of the funnel", row->level, most)));
  }
  if (chain != 0 && !PG_ARGISNULL(chain)) TakeChain(PG_GETARG_ARRAYTYPE_P(chain), row);
  return true;
}

bool IsRows(const varlena* state) {
  return VARSIZE(state) >= sizeof(RowsHeader) &&
         reinterpret_cast<const RowsHeader*>(state)->version == behavior::kCohortFunnelBuildVersion;
}

ExpandedFunnel* Expand(MemoryContext aggregate, std::span<const std::byte> state) {
  ExpandedFunnel* expanded = ExpandedFunnel::New(aggregate);
  expanded->value().Merge(state);
  return expanded;
}

/// A state that takes rows: as rows while they are few, expanded above. The other is null.
struct FunnelPlace {
  RowsHeader* rows;
  ExpandedFunnel* expanded;

  Datum datum() const { return rows != nullptr ? PointerGetDatum(rows) : expanded->ReadWrite(); }
};

/// The state, argument 0, with room for so many bytes of rows; `steps` is 0 where it is not told,
/// `question` where there is none. May longjmp.
FunnelPlace PlaceFor(FunctionCallInfo fcinfo, MemoryContext aggregate, int steps, uint16 question,
                     std::size_t bytes) {
  if (PG_ARGISNULL(0) && bytes <= kExpandAbove) {
    RowsHeader header{};
    header.version = behavior::kCohortFunnelBuildVersion;
    header.steps = static_cast<uint8>(steps);
    header.question = question;
    return {RowsState::New(header, std::max(bytes, kFirstRoom)), nullptr};
  }
  ExpandedFunnel* expanded = PG_ARGISNULL(0) ? nullptr : ExpandedFunnel::From(PG_GETARG_DATUM(0));
  std::span<const std::byte> stored;
  if (!PG_ARGISNULL(0) && expanded == nullptr) {
    varlena* state = StateArgument(fcinfo, 0);
    if (IsRows(state)) {
      auto* rows = reinterpret_cast<RowsHeader*>(state);
      if (rows->steps != steps) StepsDiffer(rows->steps, steps);
      if (rows->question == question && (rows->used + bytes <= kExpandAbove || bytes == 0)) {
        return {RowsState::WithRoom(rows, bytes), nullptr};
      }
    }
    stored = BytesOf(state);
  }
  return CallCore([=]() mutable -> FunnelPlace {
    if (expanded == nullptr) expanded = ExpandedFunnel::New(aggregate);
    if (!stored.empty()) expanded->value().Merge(stored);
    if (steps != 0) expanded->value().Declare(steps);
    expanded->value().Ask(question);
    return {nullptr, expanded};
  });
}

/// Writes a row where PlaceFor has made room.
void PutRow(RowsHeader* rows, std::uint32_t user, int level, std::span<const std::uint64_t> spans) {
  const std::byte* end =
      behavior::WriteFunnelRow(RowsState::Records(rows) + rows->used, user, level, spans);
  rows->used = static_cast<uint32>(end - RowsState::Records(rows));
}

Datum AddRow(FunctionCallInfo fcinfo, MemoryContext aggregate, const FunnelRow& row) {
  const std::size_t bytes = row.level == 0 ? 0 : behavior::MaxFunnelRowBytes(row.span_count);
  const FunnelPlace place = PlaceFor(fcinfo, aggregate, row.steps, row.question, bytes);
  if (row.level == 0) return place.datum();
  if (place.rows != nullptr) {
    PutRow(place.rows, row.user, row.level, row.spans());
  } else {
    CallCore([&] { place.expanded->value().Add(row.user, row.level, row.spans()); });
  }
  return place.datum();
}

Datum Transition(FunctionCallInfo fcinfo, int chain, int steps) {
  const MemoryContext aggregate = RequireAggregate(fcinfo, "_funnel_trans");
  FunnelRow row;
  if (!TakeRow(fcinfo, chain, steps, &row)) return UnchangedState(fcinfo);
  return AddRow(fcinfo, aggregate, row);
}

/// Not 0, which is no question.
uint16 ShortHash(std::uint64_t hash) { return static_cast<uint16>(hash % 65535 + 1); }

/// Takes a person's timeline: the level and the times of the steps come of `funnel`.
template <class Funnel>
Datum AddTimeline(FunctionCallInfo fcinfo, MemoryContext aggregate,
                  const KeptQuestion<Funnel>& kept) {
  if (PG_ARGISNULL(1) || PG_ARGISNULL(2)) return UnchangedState(fcinfo);
  const varlena* timeline = TimelineArgument(fcinfo, 2);
  FunnelRow row;
  Funnel* funnel = kept.question;
  row.user = PG_GETARG_UINT32(1);
  row.steps = funnel->steps();
  row.question = ShortHash(kept.hash);
  row.level = CallCore(
      [funnel, timeline, &row] { return funnel->Spans(ReadTimeline(timeline), row.span); });
  row.span_count = row.level == 0 ? 0 : static_cast<std::size_t>(row.level - 1);
  return AddRow(fcinfo, aggregate, row);
}

/// Takes the people of a page, likewise.
template <class Funnel>
Datum AddPage(FunctionCallInfo fcinfo, MemoryContext aggregate, const KeptQuestion<Funnel>& kept) {
  const varlena* page = TimelinePage::Argument(fcinfo, 1);
  if (page == nullptr) return UnchangedState(fcinfo);
  Funnel* funnel = kept.question;
  const int steps = funnel->steps();
  const std::size_t people = CallCore([page] { return TimelinePage::PeopleAtMost(page); });
  const std::size_t most = behavior::MaxFunnelRowBytes(static_cast<std::size_t>(steps - 1));
  const FunnelPlace place = PlaceFor(fcinfo, aggregate, steps, ShortHash(kept.hash), people * most);
  CallCore([&] {
    std::uint64_t spans[kMaxFunnelSteps];
    const auto add = [&](std::uint32_t person, const timeline::View& view) {
      const int level = funnel->Spans(view, spans);
      if (level == 0) return;
      const std::span<const std::uint64_t> taken(spans, static_cast<std::size_t>(level - 1));
      if (place.rows != nullptr) {
        PutRow(place.rows, person, level, taken);
      } else {
        place.expanded->value().Add(person, level, taken);
      }
    };
    TimelinePage::ForEachPerson(page, add, funnel->first_bits());
  });
  return place.datum();
}

/// Raises an error unless steps, window and mode, from argument `first` on and as far as the
/// function has them, are there.
void RequireFunnel(FunctionCallInfo fcinfo, int first) {
  for (int i = first; i < std::min<int>(PG_NARGS(), first + 3); ++i) {
    if (PG_ARGISNULL(i)) {
      ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                      errmsg("steps, window and mode of a funnel must not be null")));
    }
  }
}

Datum TimelineTransition(FunctionCallInfo fcinfo) {
  const MemoryContext aggregate = RequireAggregate(fcinfo, "_funnel_timeline_trans");
  RequireFunnel(fcinfo, 3);
  return AddTimeline(fcinfo, aggregate, TimelineFunnelArgument(fcinfo, 3));
}

Datum RuledTransition(FunctionCallInfo fcinfo) {
  const MemoryContext aggregate = RequireAggregate(fcinfo, "_funnel_ruled_trans");
  RequireFunnel(fcinfo, 3);
  return AddTimeline(fcinfo, aggregate, PackedRuledArgument(fcinfo, 3));
}

Datum CombineFlat(MemoryContext aggregate, varlena* state, varlena* other) {
  const std::size_t size = VARSIZE(state) + VARSIZE(other);
  if (IsRows(state) && IsRows(other) && size <= kExpandAbove) {
    auto* rows = reinterpret_cast<RowsHeader*>(state);
    const auto* more = reinterpret_cast<const RowsHeader*>(other);
    if (rows->steps == more->steps && rows->question == more->question &&
        more->used <= RowsState::Capacity(more)) {
      rows = RowsState::WithRoom(rows, more->used);
      std::memcpy(RowsState::Records(rows) + rows->used, more + 1, more->used);
      rows->used += more->used;
      return PointerGetDatum(rows);
    }
  }
  return CallCore([=] {
    if (size > kExpandAbove) {
      ExpandedFunnel* expanded = Expand(aggregate, BytesOf(state));
      expanded->value().Merge(BytesOf(other));
      return expanded->ReadWrite();
    }
    ContextResource memory(CurrentMemoryContext);
    CohortFunnel funnel(&memory);
    funnel.Merge(BytesOf(state));
    funnel.Merge(BytesOf(other));
    return PointerGetDatum(NewFunnel(funnel, false));
  });
}

}  // namespace

CDP_FUNCTION(cdp__funnel_trans) { return Transition(fcinfo, 0, 0); }
CDP_FUNCTION(cdp__funnel_steps_trans) { return Transition(fcinfo, 0, 3); }
CDP_FUNCTION(cdp__funnel_chain_trans) { return Transition(fcinfo, 3, 0); }
CDP_FUNCTION(cdp__funnel_chain_steps_trans) { return Transition(fcinfo, 3, 4); }

CDP_FUNCTION(cdp__funnel_timeline_trans) { return TimelineTransition(fcinfo); }
CDP_FUNCTION(cdp__funnel_timeline_mode_trans) { return TimelineTransition(fcinfo); }
CDP_FUNCTION(cdp__funnel_ruled_trans) { return RuledTransition(fcinfo); }

// With or without a mode.
CDP_FUNCTION(cdp__funnel_page_trans) {
  const MemoryContext aggregate = RequireAggregate(fcinfo, "_funnel_page_trans");
  RequireFunnel(fcinfo, 2);
  return AddPage(fcinfo, aggregate, TimelineFunnelArgument(fcinfo, 2));
}
CDP_FUNCTION(cdp__funnel_ruled_page_trans) {
  const MemoryContext aggregate = RequireAggregate(fcinfo, "_funnel_ruled_page_trans");
  RequireFunnel(fcinfo, 2);
  return AddPage(fcinfo, aggregate, PackedRuledArgument(fcinfo, 2));
}

CDP_FUNCTION(cdp__funnel_combine) {
  const MemoryContext aggregate = RequireAggregate(fcinfo, "_funnel_combine");
  if (PG_ARGISNULL(1)) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    PG_RETURN_DATUM(PG_GETARG_DATUM(0));
  }
  // Unpacked, so that the next step finds it in the form that can grow.
  varlena* other = PG_DETOAST_DATUM(PG_GETARG_DATUM(1));
  if (PG_ARGISNULL(0)) PG_RETURN_POINTER(other);
  ExpandedFunnel* expanded = ExpandedFunnel::From(PG_GETARG_DATUM(0));
  if (expanded == nullptr) return CombineFlat(aggregate, StateArgument(fcinfo, 0), other);
  CallCore([=] { expanded->value().Merge(BytesOf(other)); });
  PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

// Leaves the state what it is: a window calls it again and again between two steps.
CDP_FUNCTION(cdp__funnel_final) {
  ExpandedFunnel* expanded = ExpandedFunnel::From(PG_GETARG_DATUM(0));
  if (expanded != nullptr) {
    PG_RETURN_POINTER(CallCore([=] { return NewFunnel(expanded->value(), true); }));
  }
  const auto bytes = BytesOf(PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0)));
  PG_RETURN_POINTER(CallCore([bytes] {
    ContextResource memory(CurrentMemoryContext);
    CohortFunnel funnel(&memory);
    funnel.Merge(bytes);
    return NewFunnel(funnel, true);
  }));
}

}  // namespace cdp::pg
