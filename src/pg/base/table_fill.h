/// Tables that are empty are filled in one go: rows in bulk, and indexes made from them afterwards,
/// which costs a quarter of entering every row into every index.
#pragma once

#include "pg/base/query_rows.h"
#include "pg/base/table_plain.h"

namespace cdp::pg {

/// Fills the table with the rows of the query, which must have its columns, and checks constraints.
/// False when a plain INSERT has to do it: the table has rows, or triggers, row security, generated
/// columns, inheritance or indexes other than btrees, or is not owned by who calls. It may have the
/// trigger `but_for`, which is not called: the caller does its work. Until the transaction ends
/// nobody else writes to the table; readers wait for nothing but its commit. May longjmp.
bool TryFillTable(Oid table, const text* query, const char* but_for);

/// Makes the rows of a table one by one: `make(n, values, nulls, closure)` puts the n-th into all
/// its columns, which are not null unless it says so, in memory of the current context.
struct RowMaker {
  std::size_t count;
  void (*make)(std::size_t n, Datum* values, bool* nulls, void* closure);
  void* closure;
};

/// The same with rows that no query makes; false also when these are not the table's columns.
bool TryFillTable(Oid table, std::span<const TableColumn> columns, const RowMaker& maker);

}  // namespace cdp::pg
