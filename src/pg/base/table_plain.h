/// What tables have to be before their rows are written past the executor.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "utils/relcache.h"
}

namespace cdp::pg {

/// An ordinary heap without inheritance, row security, generated or identity columns, and with all
/// the columns that it ever had.
bool IsPlain(Relation table);

/// All its indexes are valid btrees that judge at once.
bool HasPlainIndexes(Relation table);

struct TableColumn {
  const char* name;
  Oid type;
};

/// Are these the columns of the table, no more, and in this order?
bool HasColumns(Relation table, std::span<const TableColumn> columns);

}  // namespace cdp::pg
