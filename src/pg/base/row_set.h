/// Set-returning functions whose rows have several columns.
#pragma once

#include "pg/base/memory.h"

namespace cdp::pg {

/// The shape of the rows that the query expects, ready for heap_form_tuple, in the current context.
/// May longjmp: for the first call of the function.
TupleDesc RowShape(FunctionCallInfo fcinfo);

/// Rows worked out in advance, in memory of the server.
template <class Row>
struct RowList {
  const Row* rows;
  std::size_t count;
};

/// A copy of the rows in the current context; for use inside CallCore.
template <class Row>
RowList<Row> ListOf(const std::pmr::vector<Row>& rows) {
  auto* list = static_cast<Row*>(AllocateIn(CurrentMemoryContext, rows.size() * sizeof(Row) + 1));
  std::copy(rows.begin(), rows.end(), list);
  return {list, rows.size()};
}

/// The body of a set-returning function with kColumns columns whose rows are all worked out on its
/// first call: `compute()` gives them as a RowList, in the multi-call context, which is current;
/// `fill(row, values, nulls)` puts one into columns that are not null unless it says so.
template <int kColumns, class Compute, class Fill>
Datum ReturnRows(FunctionCallInfo fcinfo, Compute compute, Fill fill) {
  using Row = std::remove_cvref_t<decltype(*compute().rows)>;
  if (SRF_IS_FIRSTCALL()) {
    FuncCallContext* first = SRF_FIRSTCALL_INIT();
    const MemoryContext caller = MemoryContextSwitchTo(first->multi_call_memory_ctx);
    first->tuple_desc = RowShape(fcinfo);
    const RowList<Row> list = compute();
    first->user_fctx = const_cast<Row*>(list.rows);
    first->max_calls = list.count;
    MemoryContextSwitchTo(caller);
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  if (call->call_cntr >= call->max_calls) SRF_RETURN_DONE(call);
  Datum values[kColumns] = {};
  bool nulls[kColumns] = {};
  fill(static_cast<const Row*>(call->user_fctx)[call->call_cntr], values, nulls);
  SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
}

}  // namespace cdp::pg
