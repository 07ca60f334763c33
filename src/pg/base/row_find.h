/// Many rows of a table, each by its key, past the executor: for every key that would begin a scan
/// anew and pass on what it finds through several nodes.
#pragma once

#include "pg/base/table_plain.h"

namespace cdp::pg {

/// What is looked for, `count` times.
struct RowFinder {
  std::size_t count;
  /// The columns of the key by their numbers from 1: those of a unique index, in its order.
  std::span<const int16> columns;
  /// Puts the n-th key, in memory of the current context; false: it is left out.
  bool (*key)(std::size_t n, Datum* key, void* closure);
  /// The n-th was found there.
  void (*found)(std::size_t n, ItemPointerData place, const Datum* values, void* closure);
  void* closure;
};

/// Finds rows of the table, which must have these columns. False when a query has to do it: the
/// table is not plain, has no such index, or is not owned by who calls. May longjmp.
bool FindByKey(Oid table, std::span<const TableColumn> columns, const RowFinder& finder);

}  // namespace cdp::pg
