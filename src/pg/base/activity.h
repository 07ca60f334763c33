/// What a session says of itself while a statement runs.
#pragma once

namespace cdp::pg {

/// Stands as the query in pg_stat_activity until the statement ends or says more. May longjmp.
void ReportActivity(const char* what);

}  // namespace cdp::pg
