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

}  // namespace cdp::pg
