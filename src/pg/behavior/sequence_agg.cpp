/// sequence_match, sequence_count, sequence_match_events: the state keeps the pattern and the rows
/// that fill a condition.

#include "core/behavior/sequence_state.h"
#include "pg/behavior/conditions.h"
#include "pg/behavior/hit_records.h"
#include "pg/behavior/kept_text.h"
#include "pg/behavior/pattern_argument.h"

namespace cdp::pg {
namespace {

using behavior::NarrowHit;
using behavior::WideHit;

/// A length word before the core's header.
struct SequenceHeader {
  int32 vl_len_;
  uint8 version;
  uint8 flags;
  uint8 conditions;
  uint8 zero;
  uint32 used;
  uint32 pattern_bytes;

  bool wide() const { return conditions > behavior::kNarrowConditions; }
  std::size_t pattern_records() const {
    const std::size_t bytes = wide() ? sizeof(WideHit) : sizeof(NarrowHit);
    return (pattern_bytes + bytes - 1) / bytes;
  }
};
static_assert(sizeof(SequenceHeader) == VARHDRSZ + sizeof(behavior::SequenceStateHeader));

template <class Hit>
using SequenceState = HitRecords<SequenceHeader, Hit, true>;

constexpr std::size_t kFirstRoom = 8;

template <class Hit>
SequenceHeader* NewState(SequenceHeader header, const text* pattern) {
  const std::size_t records = header.pattern_records();
  SequenceHeader* state = SequenceState<Hit>::New(header, records + kFirstRoom);
  Hit* room = SequenceState<Hit>::Records(state);
  std::memset(static_cast<void*>(room), 0, records * sizeof(Hit));
  std::memcpy(static_cast<void*>(room), VARDATA_ANY(pattern), header.pattern_bytes);
  state->used = static_cast<uint32>(records);
  return state;
}

SequenceHeader* NewSequenceState(FmgrInfo* site, const text* pattern, int conditions) {
  SequenceHeader header{};
  header.version = behavior::kSequenceStateVersion;
  header.conditions = static_cast<uint8>(conditions);
  header.pattern_bytes = static_cast<uint32>(VARSIZE_ANY_EXHDR(pattern));
  // Hardly ever another from group to group.
  using Known = KeptText<int>;
  if (!Known::Keeps(site, pattern, conditions)) {
    RequirePattern(pattern, conditions);
    Known::Of(site, pattern, [conditions](std::string_view) { return conditions; });
  }
  return header.wide() ? NewState<WideHit>(header, pattern) : NewState<NarrowHit>(header, pattern);
}

/// The state argument, or null when it is SQL null. May longjmp.
SequenceHeader* SequenceArgument(FunctionCallInfo fcinfo) {
  varlena* value = StateArgument(fcinfo, 0);
  if (value == nullptr) return nullptr;
  auto* state = reinterpret_cast<SequenceHeader*>(value);
  if (VARSIZE(value) < sizeof(SequenceHeader) ||
      state->version != behavior::kSequenceStateVersion ||
      state->used > (state->wide() ? SequenceState<WideHit>::Capacity(state)
                                   : SequenceState<NarrowHit>::Capacity(state)) ||
      state->pattern_records() > state->used) {
    // Raises the error that says what is wrong.
    CallCore([value] { behavior::ReadSequenceState(BytesOf(value)); });
  }
  return state;
}

void RequireAgreement(const SequenceHeader* state, std::string_view pattern, int conditions) {
  if (state->conditions != conditions) RaiseConditionsDiffer(state->conditions, conditions);
  if (state->pattern_bytes != pattern.size() ||
      std::memcmp(state + 1, pattern.data(), pattern.size()) != 0) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("the pattern must be the same for all rows of a group")));
  }
}

/// Calls the core with the state in argument 0.
template <class Use>
auto WithStored(FunctionCallInfo fcinfo, Use&& use) {
  const varlena* value = PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
  return CallCore([value, &use] {
    ContextResource memory(CurrentMemoryContext);
    return use(behavior::ReadSequenceState(BytesOf(value)), &memory);
  });
}

/// Takes a row: pattern and time are arguments 1 and 2.
Datum TakeRow(FunctionCallInfo fcinfo, const Conditions& row) {
  if (PG_ARGISNULL(1)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("pattern must not be null")));
  }
  const text* pattern = PG_GETARG_TEXT_PP(1);
  SequenceHeader* state = SequenceArgument(fcinfo);
  if (state == nullptr) {
    state = NewSequenceState(fcinfo->flinfo, pattern, row.count);
  } else {
    RequireAgreement(state, ViewOf(pattern), row.count);
  }
  // Rows that fill nothing are not seen.
  if (PG_ARGISNULL(2) || row.held == 0) PG_RETURN_POINTER(state);
  const TimestampTz at = PG_GETARG_TIMESTAMPTZ(2);
  RequireFinite(at, "sequence");
  const std::size_t first = state->pattern_records();
  PG_RETURN_POINTER(state->wide() ? SequenceState<WideHit>::Append(state, at, row.held, first)
                                  : SequenceState<NarrowHit>::Append(state, at, row.held, first));
}

}  // namespace

CDP_FUNCTION(cdp__sequence_trans) {
  RequireAggregate(fcinfo, "_sequence_trans");
  return TakeRow(fcinfo, ConditionsArgument(fcinfo, 3, behavior::kMaxConditions));
}

CDP_FUNCTION(cdp__sequence_flags_trans) {
  RequireAggregate(fcinfo, "_sequence_flags_trans");
  return TakeRow(fcinfo, FlagArguments(fcinfo, 3));
}

CDP_FUNCTION(cdp__sequence_combine) {
  RequireAggregate(fcinfo, "_sequence_combine");
  SequenceHeader* state = SequenceArgument(fcinfo);
  const varlena* value = PG_DETOAST_DATUM(PG_GETARG_DATUM(1));
  behavior::SequenceStateView other{};
  CallCore([&other, value] { other = behavior::ReadSequenceState(BytesOf(value)); });
  RequireAgreement(state, other.pattern, other.header.conditions);
  const std::size_t first = state->pattern_records();
  const uint8 flags = other.header.flags;
  PG_RETURN_POINTER(
      state->wide() ? SequenceState<WideHit>::Merge(state, other.As<WideHit>(), flags, first)
                    : SequenceState<NarrowHit>::Merge(state, other.As<NarrowHit>(), flags, first));
}

CDP_FUNCTION(cdp__sequence_match_final) {
  if (PG_ARGISNULL(0)) PG_RETURN_BOOL(false);
  PG_RETURN_BOOL(WithStored(fcinfo, [](const auto& state, auto* memory) {
    return behavior::CountMatches(state, 1, memory) > 0;
  }));
}

CDP_FUNCTION(cdp__sequence_count_final) {
  if (PG_ARGISNULL(0)) PG_RETURN_INT64(0);
  PG_RETURN_INT64(WithStored(fcinfo, [](const auto& state, auto* memory) {
    return behavior::CountMatches(state, PG_INT64_MAX, memory);
  }));
}

CDP_FUNCTION(cdp__sequence_match_events_final) {
  if (PG_ARGISNULL(0)) PG_RETURN_ARRAYTYPE_P(construct_empty_array(TIMESTAMPTZOID));
  PG_RETURN_ARRAYTYPE_P(WithStored(fcinfo, [](const auto& state, auto* memory) {
    const auto chain = behavior::FirstMatch(state, memory);
    ArrayType* array = NewArray(TIMESTAMPTZOID, sizeof(Micros), chain.size(), "");
    std::copy(chain.begin(), chain.end(), reinterpret_cast<Micros*>(ARR_DATA_PTR(array)));
    return array;
  }));
}

}  // namespace cdp::pg
