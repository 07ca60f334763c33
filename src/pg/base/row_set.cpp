#include "pg/base/row_set.h"

namespace cdp::pg {

TupleDesc RowShape(FunctionCallInfo fcinfo) {
  TupleDesc row = nullptr;
  if (get_call_result_type(fcinfo, nullptr, &row) != TYPEFUNC_COMPOSITE) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("function returning record called in context that cannot accept "
                           "type record")));
  }
  return BlessTupleDesc(row);
}

bool KeepsAllRows(FunctionCallInfo fcinfo) {
  const auto* rows = reinterpret_cast<const ReturnSetInfo*>(fcinfo->resultinfo);
  return rows != nullptr && IsA(rows, ReturnSetInfo) &&
         (rows->allowedModes & SFRM_Materialize_Preferred) != 0;
}

const ReturnSetInfo* OpenRowStore(FunctionCallInfo fcinfo) {
  InitMaterializedSRF(fcinfo, 0);
  return reinterpret_cast<const ReturnSetInfo*>(fcinfo->resultinfo);
}

}  // namespace cdp::pg
