#include "pg/base/flat_state.h"

#include "core/base/copy.h"

namespace cdp::pg {

MemoryContext RequireAggregate(FunctionCallInfo fcinfo, const char* function, int sqlstate,
                               const char* message) {
  MemoryContext context = nullptr;
  if (AggCheckCallContext(fcinfo, &context) == 0) [[unlikely]] {
    ereport(ERROR, (errcode(sqlstate), errmsg(message, function)));
  }
  return context;
}

void CopyPolled(char* to, const char* from, std::size_t size) {
  // Most states are small: they need no way back from an exception.
  if (size <= kCopiedAtOnce) {
    std::memcpy(to, from, size);
    return;
  }
  CallCore([to, from, size] {
    CopyBytes(reinterpret_cast<std::byte*>(to), reinterpret_cast<const std::byte*>(from), size);
  });
}

}  // namespace cdp::pg
