/// What happens once a backend loads the library.

#include "core/base/stop.h"
#include "pg/base/boundary.h"

namespace cdp::pg {
void InitBitmap();  // pg/bitmap: the rooms' own set-up is named here, their headers are not
}

extern "C" {
#pragma GCC visibility push(default)
PG_MODULE_MAGIC;
void _PG_init(void);
#pragma GCC visibility pop

void _PG_init(void) {
  cdp::stop_hook = cdp::pg::PollInterrupts;
  cdp::pg::InitBitmap();
  // A misspelt setting is refused instead of kept as a placeholder.
  MarkGUCPrefixReserved("cdp");
}
}
