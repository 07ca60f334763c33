/// Queries that come as an argument: run with the rights and under the snapshot of who calls the
/// function, their rows taken one by one as the executor makes them.
#pragma once

#include "pg/base/boundary.h"
#include "pg/base/pg.h"

extern "C" {
#include "executor/tuptable.h"
}

namespace cdp::pg {

/// What is done with the query's rows. Both are called by the server: they may longjmp, must not
/// throw, and own nothing. A row's memory is the current context, and is gone after the row.
struct RowTaker {
  void (*shape)(TupleDesc columns, void* closure);  ///< before the first row: is it acceptable?
  void (*row)(TupleTableSlot* row, void* closure);
  void* closure;
};

/// May workers run a part of the query? Not where the taker writes to the database: the server
/// refuses that as long as there are workers.
enum class Workers { kAllowed, kNone };

/// Runs the query, which has to be one SELECT that changes and locks nothing, and gives every row
/// to the taker. `argument` names the function's argument in messages. May longjmp.
void RunQuery(const char* argument, const text* query, const RowTaker& taker,
              Workers workers = Workers::kAllowed);

/// A value for a query of our own, kept (look_up.h) or not; a null one has no datum.
struct QueryValue {
  Oid type;
  Datum datum = 0;
  bool is_null = false;
};

/// What a column of a query of our own has to be: the owner of a managed table may have altered it.
struct ResultColumn {
  const char* type = nullptr;  ///< the server's or the extension's, of a domain the one below it
  bool may_be_null = false;
};

/// Raises an error unless the result begins with such columns. May longjmp, as the next.
void RequireResultColumns(TupleDesc columns, std::span<const ResultColumn> expected);
/// Raises the error of a null in a column, from 0, that never has one.
[[noreturn]] void RaiseNullColumn(TupleDesc columns, int n);

/// Runs a SELECT of our own with values for $1, $2 ... and gives every row to `row`, as RowTaker
/// has it. Its names need no schema but for those of the extension; what has to come in an order
/// that an index has is never sorted. Raises an error unless its columns are as said. May longjmp.
void RunOwnQuery(const char* query, std::span<const QueryValue> values,
                 std::span<const ResultColumn> columns,
                 void (*row)(TupleTableSlot* row, void* closure), void* closure);

/// The one value that such a query gives, of this type, which is of variable length: detoasted, in
/// the current context, null where it gives none. May longjmp.
const varlena* FindOwnValue(const char* query, std::span<const QueryValue> values,
                            const char* type);

/// Raises an error unless the query has so many columns. `example` shows a right query. May
/// longjmp.
void RequireColumns(const char* argument, TupleDesc columns, int count, const char* example);

/// The type of a column, of a domain the one below it.
inline Oid ColumnType(TupleDesc columns, int n) {
  return getBaseType(TupleDescAttr(columns, n)->atttypid);
}

/// Raises an error unless the query has columns of these types, no more and no less. `example`
/// shows a right query. May longjmp.
void RequireColumnTypes(const char* argument, TupleDesc columns, std::initializer_list<Oid> types,
                        const char* example);

}  // namespace cdp::pg
