#include "pg/base/flat_state.h"

namespace cdp::pg {

MemoryContext RequireAggregate(FunctionCallInfo fcinfo, const char* function) {
  MemoryContext context = nullptr;
  if (AggCheckCallContext(fcinfo, &context) == 0) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("function %s can only be called by an aggregate", function)));
  }
  return context;
}

}  // namespace cdp::pg
