/// Small queries of our own, asked again and again: prepared once a session.
#pragma once

#include "pg/base/query_rows.h"

extern "C" {
#include "executor/spi.h"
#include "nodes/parsenodes.h"
}

namespace cdp::pg {

/// A SELECT. Every name in it has its schema, operators included, unless only functions call it
/// that set the search path: it runs under that of whoever comes first.
struct LookUp {
  const char* query;
  ResultColumn columns[2] = {};  ///< for FindRows: those that are read
  /// For FindRows: one plan whatever the arguments are, unless their sizes decide which is good.
  int options = CURSOR_OPT_GENERIC_PLAN;
  void* plan = nullptr;  ///< once prepared
};

/// Asks for at most one row; parameters and columns are all texts. Runs it under the snapshot of
/// the calling query and with the rights of who calls. The columns, nullptr for a null, are copied
/// into the current context. False: there is no row. May longjmp.
bool FindRow(LookUp* look_up, std::span<text* const> arguments, std::span<text*> columns);

/// Several questions of any types are asked between these two. The first makes a context current in
/// which what is found lives, the second frees it and goes back to the one before. May longjmp.
void BeginLookUps();
void EndLookUps();

struct FoundRows {
  SPITupleTable* table;
  std::uint64_t count;

  /// Values stored out of line are not fetched.
  Datum Get(std::uint64_t row, int column, bool* is_null) const {
    return heap_getattr(table->vals[row], column + 1, table->tupdesc, is_null);
  }
  /// Of a column of the look-up that cannot be null, in a row that is there.
  Datum Get(std::uint64_t row, int column) const {
    bool is_null = false;
    return Get(row, column, &is_null);
  }
};

/// As FindRow, but for all rows. Raises an error unless the columns are as the look-up has them.
/// May longjmp.
FoundRows FindRows(LookUp* look_up, std::span<const QueryValue> arguments);

/// Is there a table of this name in the extension's schema? May longjmp.
bool HasManagedTable(const char* name);

}  // namespace cdp::pg
