/// retention: the state is one int8, the conditions seen and their number.

#include "core/behavior/retention.h"
#include "pg/base/flat_state.h"
#include "pg/behavior/conditions.h"

namespace cdp::pg {
namespace {

using behavior::Retention;

int64 Merged(int64 packed, const Retention& other) {
  return CallCore([packed, &other] {
    Retention state = Retention::Unpack(packed);
    state.Merge(other);
    return state.Pack();
  });
}

/// Takes a row into the state in argument 0.
Datum TakeRow(FunctionCallInfo fcinfo, const Conditions& row) {
  const Retention seen(row.count, static_cast<uint32>(row.held));
  PG_RETURN_INT64(PG_ARGISNULL(0) ? seen.Pack() : Merged(PG_GETARG_INT64(0), seen));
}

/// Without rows nothing was filled; how many conditions there are, forms with a fixed number know:
/// theirs are further arguments, always null.
Datum AnswerWithoutRows(FunctionCallInfo fcinfo) {
  const int count = PG_NARGS() - 1;
  if (count == 0) PG_RETURN_ARRAYTYPE_P(construct_empty_array(INT4OID));
  Datum zeros[FUNC_MAX_ARGS];
  std::fill(zeros, zeros + count, Int32GetDatum(0));
  PG_RETURN_ARRAYTYPE_P(construct_array(zeros, count, INT4OID, sizeof(int32), true, TYPALIGN_INT));
}

}  // namespace

CDP_FUNCTION(cdp__retention_trans) {
  return TakeRow(fcinfo, ConditionsArgument(fcinfo, 1, Retention::kMaxConditions));
}

CDP_FUNCTION(cdp__retention_flags_trans) { return TakeRow(fcinfo, FlagArguments(fcinfo, 1)); }

CDP_FUNCTION(cdp__retention_combine) {
  const int64 other = PG_GETARG_INT64(1);
  PG_RETURN_INT64(CallCore([fcinfo, other] {
    Retention state = Retention::Unpack(PG_GETARG_INT64(0));
    state.Merge(Retention::Unpack(other));
    return state.Pack();
  }));
}

CDP_FUNCTION(cdp__retention_final) {
  if (PG_ARGISNULL(0)) return AnswerWithoutRows(fcinfo);
  const int64 packed = PG_GETARG_INT64(0);
  int32 answer[Retention::kMaxConditions];
  const int count = CallCore([packed, &answer] {
    const Retention state = Retention::Unpack(packed);
    state.Answer(answer);
    return state.conditions();
  });
  Datum values[Retention::kMaxConditions];
  for (int i = 0; i < count; ++i) values[i] = Int32GetDatum(answer[i]);
  PG_RETURN_ARRAYTYPE_P(construct_array(values, count, INT4OID, sizeof(int32), true, TYPALIGN_INT));
}

}  // namespace cdp::pg
