/// Tables that are empty are filled in one go: rows in bulk, and indexes made from them afterwards,
/// which costs a quarter of entering every row into every index.
#pragma once

#include "pg/base/query_rows.h"

namespace cdp::pg {

/// Fills the table with the rows of the query, which must have its columns, and checks constraints.
/// False when a plain INSERT has to do it: the table has rows, or triggers, row security, generated
/// columns, inheritance or indexes other than btrees, or is not owned by who calls. Until the
/// transaction ends nobody else writes to the table; readers wait for nothing but its commit. May
/// longjmp.
bool TryFillTable(Oid table, const text* query);

}  // namespace cdp::pg
