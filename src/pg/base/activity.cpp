#include "pg/base/activity.h"

#include "pg/base/pg.h"

extern "C" {
#include "utils/backend_status.h"
}

namespace cdp::pg {

void ReportActivity(const char* what) { pgstat_report_activity(STATE_RUNNING, what); }

}  // namespace cdp::pg
