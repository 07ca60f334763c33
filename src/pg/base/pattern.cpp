#include "pg/base/pattern.h"

extern "C" {
#include "catalog/pg_collation.h"
#include "regex/regex.h"
}

namespace cdp::pg {

bool Matches(text* pattern, char* value, int bytes) {
  return RE_compile_and_execute(pattern, value, bytes, REG_ADVANCED, C_COLLATION_OID, 0, nullptr);
}

}  // namespace cdp::pg
