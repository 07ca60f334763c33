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

}  // namespace

CDP_FUNCTION(cdp__retention_trans) {
  const Conditions row = ConditionsArgument(fcinfo, 1, Retention::kMaxConditions);
  const Retention seen(row.count, static_cast<uint32>(row.held));
  PG_RETURN_INT64(PG_ARGISNULL(0) ? seen.Pack() : Merged(PG_GETARG_INT64(0), seen));
}

CDP_FUNCTION(cdp__retention_combine) {
  const int64 other = PG_GETARG_INT64(1);
  PG_RETURN_INT64(CallCore([fcinfo, other] {
    Retention state = Retention::Unpack(PG_GETARG_INT64(0));
    state.Merge(Retention::Unpack(other));
    return state.Pack();
  }));
}

CDP_FUNCTION(cdp__retention_final) {
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
