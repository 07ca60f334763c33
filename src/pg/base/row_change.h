/// Rows of which only numbers and times change, and of which it is known where they are, are
/// written anew in one go: half of what an UPDATE costs goes into finding them and passing them on.
#pragma once

#include "pg/base/table_plain.h"

namespace cdp::pg {

/// What is done with each of `count` rows.
struct RowChanger {
  std::size_t count;
  /// Numbers, from 1, of the columns that may change.
  std::span<const int16> changed;
  /// Where the n-th was found; an invalid place: it is left out.
  ItemPointerData (*place)(std::size_t n, void* closure);
  /// Puts new values in place of the old ones, whose memory is not to be written to; false when
  /// this is another row.
  bool (*change)(std::size_t n, Datum* values, void* closure);
  /// The n-th is changed.
  void (*done)(std::size_t n, void* closure);
  void* closure;
};

/// Changes rows of the table, which must have these columns, and checks constraints. Rows that are
/// no more where they were are left; all are where a plain UPDATE has to do it: the table has
/// triggers on these columns, row security or anything else that is not plain, or is not owned by
/// who calls. May longjmp.
void ChangeRows(Oid table, std::span<const TableColumn> columns, const RowChanger& changer);

}  // namespace cdp::pg
