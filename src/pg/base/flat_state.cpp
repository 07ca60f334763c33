#include "pg/base/flat_state.h"

namespace cdp::pg {

MemoryContext RequireAggregate(FunctionCallInfo fcinfo, const char* function, int sqlstate,
                               const char* message) {
  MemoryContext context = nullptr;
  if (AggCheckCallContext(fcinfo, &context) == 0) [[unlikely]] {
    ereport(ERROR, (errcode(sqlstate), errmsg(message, function)));
  }
  return context;
}

}  // namespace cdp::pg
