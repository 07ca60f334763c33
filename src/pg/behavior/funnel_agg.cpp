/// window_funnel over rows: the state keeps the rows that matter and what all rows must agree on,
/// the window, the mode and the number of conditions.

#include "core/behavior/funnel_state.h"
#include "pg/behavior/conditions.h"
#include "pg/behavior/hit_records.h"
#include "pg/behavior/kept_text.h"

namespace cdp::pg {
namespace {

using behavior::NarrowHit;
using behavior::WideHit;

/// A length word before the core's header.
struct FunnelHeader {
  int32 vl_len_;
  uint8 version;
  uint8 flags;
  uint8 conditions;
  uint8 mode;
  uint32 used;
  uint32 window_low;
  uint32 window_high;

  uint64 window() const { return static_cast<uint64>(window_high) << 32 | window_low; }
  bool wide() const { return conditions > behavior::kNarrowConditions; }
};
static_assert(sizeof(FunnelHeader) == VARHDRSZ + sizeof(behavior::FunnelStateHeader));

template <class Hit>
using FunnelState = HitRecords<FunnelHeader, Hit, false>;

/// A group's first room: narrow hits and the header fill an allocation of 128 bytes.
constexpr std::size_t kFirstRoom = 9;

constexpr uint8 kOrderBit = 1;

/// What all rows of a group must agree on.
struct Terms {
  uint64 window;
  uint8 mode;
  int conditions;
};

FunnelHeader* NewFunnelState(const Terms& terms) {
  FunnelHeader header{};
  header.version = behavior::kFunnelStateVersion;
  header.conditions = static_cast<uint8>(terms.conditions);
  header.mode = terms.mode;
  header.window_low = static_cast<uint32>(terms.window);
  header.window_high = static_cast<uint32>(terms.window >> 32);
  return header.wide() ? FunnelState<WideHit>::New(header, kFirstRoom)
                       : FunnelState<NarrowHit>::New(header, kFirstRoom);
}

void RequireAgreement(const FunnelHeader* state, const Terms& terms) {
  if (state->conditions != terms.conditions) {
    RaiseConditionsDiffer(state->conditions, terms.conditions);
  }
  if (state->window() != terms.window) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("the window must be the same for all rows of a group")));
  }
  if (state->mode != terms.mode) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("the mode must be the same for all rows of a group")));
  }
}

/// The state argument, or null when it is SQL null. May longjmp.
FunnelHeader* FunnelArgument(FunctionCallInfo fcinfo) {
  varlena* value = StateArgument(fcinfo, 0);
  if (value == nullptr) return nullptr;
  auto* state = reinterpret_cast<FunnelHeader*>(value);
  if (VARSIZE(value) < sizeof(FunnelHeader) || state->version != behavior::kFunnelStateVersion ||
      state->used > (state->wide() ? FunnelState<WideHit>::Capacity(state)
                                   : FunnelState<NarrowHit>::Capacity(state))) {
    // Raises the error that says what is wrong.
    CallCore([value] { behavior::ReadFunnelState(BytesOf(value)); });
  }
  return state;
}

/// Takes a row whose window is argument 1 and whose time is argument `n`.
Datum TakeRow(FunctionCallInfo fcinfo, uint8 mode, int n, const Conditions& row) {
  RequireAggregate(fcinfo, "_window_funnel_trans");
  if (PG_ARGISNULL(1)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("window must not be null")));
  }
  const Terms terms{static_cast<uint64>(SpanMicros(PG_GETARG_INTERVAL_P(1), "window")), mode,
                    row.count};
  FunnelHeader* state = FunnelArgument(fcinfo);
  if (state == nullptr) {
    state = NewFunnelState(terms);
  } else {
    RequireAgreement(state, terms);
  }
  // A row that fills nothing can change the answer only where nothing may come in between.
  if (PG_ARGISNULL(n) || (row.held == 0 && (mode & kOrderBit) == 0)) PG_RETURN_POINTER(state);
  const TimestampTz at = PG_GETARG_TIMESTAMPTZ(n);
  RequireFinite(at, "funnel");
  PG_RETURN_POINTER(state->wide() ? FunnelState<WideHit>::Append(state, at, row.held)
                                  : FunnelState<NarrowHit>::Append(state, at, row.held));
}

/// The mode in argument 2. May longjmp.
uint8 ModeArgument(FunctionCallInfo fcinfo) {
  if (PG_ARGISNULL(2)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("mode must not be null")));
  }
  return KeptText<uint8>::Of(fcinfo->flinfo, PG_GETARG_TEXT_PP(2), [](std::string_view text) {
    return behavior::PackFunnelMode(behavior::ParseFunnelMode(text));
  });
}

/// The number of a step in argument n as the conditions of a row: null and 0 are no step.
Conditions StepArgument(FunctionCallInfo fcinfo, int n) {
  const int32 step = PG_ARGISNULL(n) ? 0 : PG_GETARG_INT32(n);
  if (step < 0 || step > behavior::kMaxConditions) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("funnel step %d is out of range", step),
                    errdetail("Steps are numbered from 1 to %d; 0 and null are no step.",
                              behavior::kMaxConditions)));
  }
  return {behavior::kMaxConditions, step == 0 ? 0 : uint64{1} << (step - 1)};
}

/// The number of steps in argument n and the set of those that the row fills in the next.
Conditions MaskArgument(FunctionCallInfo fcinfo, int n) {
  if (PG_ARGISNULL(n)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("steps must not be null")));
  }
  const int32 steps = PG_GETARG_INT32(n);
  if (steps < 1 || steps > behavior::kMaxConditions) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("funnel has %d steps", steps),
                    errdetail("A funnel has 1 to %d steps.", behavior::kMaxConditions)));
  }
  const auto mask = PG_ARGISNULL(n + 1) ? 0 : static_cast<uint64>(PG_GETARG_INT64(n + 1));
  if (steps < 64 && mask >> steps != 0) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("mask has a bit beyond the %d steps of the funnel", steps),
                    errdetail("Bit 0, of value 1, is step 1.")));
  }
  return {steps, mask};
}

/// Calls the core with the state in argument 0.
template <class Use>
auto WithStored(FunctionCallInfo fcinfo, Use&& use) {
  const varlena* value = PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
  return CallCore([value, &use] {
    ContextResource memory(CurrentMemoryContext);
    return use(behavior::ReadFunnelState(BytesOf(value)), &memory);
  });
}

}  // namespace

CDP_FUNCTION(cdp__window_funnel_trans) {
  return TakeRow(fcinfo, 0, 2, ConditionsArgument(fcinfo, 3, behavior::kMaxConditions));
}

CDP_FUNCTION(cdp__window_funnel_flags_trans) {
  return TakeRow(fcinfo, 0, 2, FlagArguments(fcinfo, 3));
}

CDP_FUNCTION(cdp__window_funnel_step_trans) {
  return TakeRow(fcinfo, 0, 2, StepArgument(fcinfo, 3));
}

CDP_FUNCTION(cdp__window_funnel_mode_trans) {
  const uint8 mode = ModeArgument(fcinfo);
  return TakeRow(fcinfo, mode, 3, ConditionsArgument(fcinfo, 4, behavior::kMaxConditions));
}

CDP_FUNCTION(cdp__window_funnel_mode_flags_trans) {
  return TakeRow(fcinfo, ModeArgument(fcinfo), 3, FlagArguments(fcinfo, 4));
}

CDP_FUNCTION(cdp__window_funnel_mode_step_trans) {
  const uint8 mode = ModeArgument(fcinfo);
  return TakeRow(fcinfo, mode, 3, StepArgument(fcinfo, 4));
}

CDP_FUNCTION(cdp__window_funnel_mask_trans) {
  const uint8 mode = ModeArgument(fcinfo);
  return TakeRow(fcinfo, mode, 3, MaskArgument(fcinfo, 4));
}

CDP_FUNCTION(cdp__window_funnel_combine) {
  RequireAggregate(fcinfo, "_window_funnel_combine");
  FunnelHeader* state = FunnelArgument(fcinfo);
  const varlena* value = PG_DETOAST_DATUM(PG_GETARG_DATUM(1));
  behavior::FunnelStateView other{};
  CallCore([&other, value] { other = behavior::ReadFunnelState(BytesOf(value)); });
  RequireAgreement(state, {other.header.window(), other.header.mode, other.header.conditions});
  const uint8 flags = other.header.flags;
  PG_RETURN_POINTER(state->wide()
                        ? FunnelState<WideHit>::Merge(state, other.As<WideHit>(), flags)
                        : FunnelState<NarrowHit>::Merge(state, other.As<NarrowHit>(), flags));
}

CDP_FUNCTION(cdp__window_funnel_final) {
  if (PG_ARGISNULL(0)) PG_RETURN_INT32(0);
  PG_RETURN_INT32(WithStored(fcinfo, [](const auto& state, auto* memory) {
    return behavior::FunnelDepth(state, memory);
  }));
}

CDP_FUNCTION(cdp__window_funnel_events_final) {
  if (PG_ARGISNULL(0)) PG_RETURN_ARRAYTYPE_P(construct_empty_array(TIMESTAMPTZOID));
  PG_RETURN_ARRAYTYPE_P(WithStored(fcinfo, [](const auto& state, auto* memory) {
    Micros chain[behavior::kMaxConditions];
    const int depth = behavior::FunnelChain(state, memory, chain);
    ArrayType* array = NewArray(TIMESTAMPTZOID, sizeof(Micros), static_cast<uint64>(depth), "");
    std::copy(chain, chain + depth, reinterpret_cast<Micros*>(ARR_DATA_PTR(array)));
    return array;
  }));
}

}  // namespace cdp::pg
