/// _run_says: how far a long run has got.

#include "pg/base/activity.h"
#include "pg/base/boundary.h"

namespace cdp::pg {

CDP_FUNCTION(cdp__run_says) {
  ReportActivity(text_to_cstring(PG_GETARG_TEXT_PP(0)));
  PG_RETURN_VOID();
}

}  // namespace cdp::pg
