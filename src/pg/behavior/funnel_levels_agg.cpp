/// window_funnel_levels: a funnel over the rows of all users at once, without grouping by user.

#include "core/behavior/funnel_levels.h"
#include "pg/behavior/hit_records.h"
#include "pg/behavior/kept_text.h"
#include "pg/timeline/user_rows_datum.h"

namespace cdp::pg {
namespace {

using behavior::LevelTerms;

constexpr uint8 kOrderBit = 1;

LevelTerms TermsOf(const UserRowsState& state) {
  LevelTerms terms{};
  CallCore([&] { terms = LevelTerms::Unpack(std::span<const uint32, 3>(state.terms(), 3)); });
  return terms;
}

void SetTerms(const UserRowsState& state, const LevelTerms& terms) {
  const auto packed = terms.Pack();
  std::copy(packed.begin(), packed.end(), state.terms());
}

void RequireAgreement(const LevelTerms& a, const LevelTerms& b) {
  if (a.window != b.window) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("the window must be the same for all rows of a group")));
  }
  if (a.mode != b.mode) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("the mode must be the same for all rows of a group")));
  }
}

/// Argument 3, the number of a step; null and 0 are no step. May longjmp.
int StepArgument(FunctionCallInfo fcinfo) {
  const int32 step = PG_ARGISNULL(3) ? 0 : PG_GETARG_INT32(3);
  if (step < 0 || step > behavior::kMaxConditions) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("funnel step %d is out of range", step),
                    errdetail("Steps are numbered from 1 to %d; 0 and null are no step.",
                              behavior::kMaxConditions)));
  }
  return step;
}

/// Takes the row: user, time, step, window, in arguments 1 to 4.
Datum TakeRow(FunctionCallInfo fcinfo, MemoryContext aggregate, uint8 mode) {
  if (PG_ARGISNULL(4)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("window must not be null")));
  }
  const bool counts = !PG_ARGISNULL(1) && !PG_ARGISNULL(2);
  const int step = counts ? StepArgument(fcinfo) : 0;
  const LevelTerms row{mode, step,
                       static_cast<uint64>(SpanMicros(PG_GETARG_INTERVAL_P(4), "window"))};
  UserRowsState state = UserRowsArgument(fcinfo);
  if (state.is_null()) {
    state = NewUserRows(row.Pack());
  } else {
    LevelTerms terms = TermsOf(state);
    RequireAgreement(terms, row);
    if (step > terms.steps) {
      terms.steps = step;
      SetTerms(state, terms);
    }
  }
  // A row that fills nothing can change the answer only where nothing may come in between.
  if (!counts || (step == 0 && (mode & kOrderBit) == 0)) PG_RETURN_DATUM(state.datum());
  const timeline::Event event{PG_GETARG_TIMESTAMPTZ(2), step};
  RequireFinite(event.at, "funnel");
  AppendUserRow(&state, aggregate, PG_GETARG_INT64(1), event);
  PG_RETURN_DATUM(state.datum());
}

}  // namespace

CDP_FUNCTION(cdp__window_funnel_levels_trans) {
  return TakeRow(fcinfo, RequireAggregate(fcinfo, "_window_funnel_levels_trans"), 0);
}

CDP_FUNCTION(cdp__window_funnel_levels_mode_trans) {
  const MemoryContext aggregate = RequireAggregate(fcinfo, "_window_funnel_levels_mode_trans");
  if (PG_ARGISNULL(5)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("mode must not be null")));
  }
  const auto mode =
      KeptText<uint8>::Of(fcinfo->flinfo, PG_GETARG_TEXT_PP(5), [](std::string_view text) {
        return behavior::PackFunnelMode(behavior::ParseFunnelMode(text));
      });
  return TakeRow(fcinfo, aggregate, mode);
}

CDP_FUNCTION(cdp__window_funnel_levels_combine) {
  const MemoryContext aggregate = RequireAggregate(fcinfo, "_window_funnel_levels_combine");
  if (PG_ARGISNULL(1)) return UnchangedState(fcinfo);
  UserRowsState state = UserRowsArgument(fcinfo);
  const varlena* other = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(1));
  LevelTerms added{};
  CallCore([&added, other] { added = LevelTerms::Unpack(UserRowsTerms(other)); });
  if (!state.is_null()) {
    LevelTerms terms = TermsOf(state);
    RequireAgreement(terms, added);
    terms.steps = std::max(terms.steps, added.steps);
    SetTerms(state, terms);
  }
  MergeUserRows(&state, aggregate, fcinfo);
  PG_RETURN_DATUM(state.datum());
}

CDP_FUNCTION(cdp__window_funnel_levels_final) {
  if (PG_ARGISNULL(0)) PG_RETURN_ARRAYTYPE_P(construct_empty_array(INT8OID));
  const varlena* state = UserRowsValue(fcinfo, 0);
  PG_RETURN_ARRAYTYPE_P(CallCore([state] {
    ContextResource memory(CurrentMemoryContext);
    UserRowsContent content = ReadUserRows(state, &memory);
    const auto levels =
        behavior::FunnelLevels(std::move(content.rows), LevelTerms::Unpack(content.terms), &memory);
    ArrayType* array = NewArray(INT8OID, sizeof(int64), levels.size(), "");
    std::copy(levels.begin(), levels.end(), reinterpret_cast<int64*>(ARR_DATA_PTR(array)));
    return array;
  }));
}

}  // namespace cdp::pg
