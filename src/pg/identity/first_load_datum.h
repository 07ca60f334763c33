/// The load of links that is under way, for the functions that are its steps.
#pragma once

#include "core/identity/first_load.h"
#include "pg/base/datum.h"
#include "pg/base/row_set.h"
#include "pg/base/table_plain.h"

namespace cdp::pg {

/// The columns of cdp.identifier and cdp.link, as setup makes them.
inline constexpr TableColumn kIdentifierColumns[] = {{"id", INT4OID},
                                                     {"type_id", INT4OID},
                                                     {"value", TEXTOID},
                                                     {"one_id", INT4OID},
                                                     {"status", TEXTOID},
                                                     {"first_seen", TIMESTAMPTZOID},
                                                     {"last_seen", TIMESTAMPTZOID},
                                                     {"since", TIMESTAMPTZOID},
                                                     {"verdict", TEXTOID}};
inline constexpr TableColumn kLinkColumns[] = {{"a", INT4OID},
                                               {"b", INT4OID},
                                               {"source", TEXTOID},
                                               {"weight", FLOAT8OID},
                                               {"first_seen", TIMESTAMPTZOID},
                                               {"last_seen", TIMESTAMPTZOID},
                                               {"n", INT8OID},
                                               {"status", TEXTOID},
                                               {"reason", TEXTOID}};

/// Begins a load, and forgets another. It lives in memory of the transaction. May longjmp.
void BeginLoad();
/// Gives the memory of the load back.
void EndLoad();
/// The load that is under way. May longjmp.
identity::FirstLoad& CurrentLoad();

/// The load that is under way, for who keeps it while code of others may run: that may end it.
class KeptLoad {
 public:
  /// May longjmp, as the next.
  KeptLoad();
  /// Raises an error when that load has ended.
  identity::FirstLoad& Get() const;

 private:
  identity::FirstLoad* load_;
  std::uint64_t turn_;
};

/// The body of a set-returning function with kColumns columns over `count` things;
/// `fill(n, values, nulls)` puts the n-th into columns that are not null unless it says so, or
/// returns false: there is no row for it.
template <int kColumns, class Fill>
Datum ReturnEach(FunctionCallInfo fcinfo, std::size_t count, Fill fill) {
  if (SRF_IS_FIRSTCALL()) {
    FuncCallContext* first = SRF_FIRSTCALL_INIT();
    const MemoryContext caller = MemoryContextSwitchTo(first->multi_call_memory_ctx);
    first->tuple_desc = RowShape(fcinfo);
    first->max_calls = count;
    first->user_fctx = palloc0(sizeof(std::size_t));
    MemoryContextSwitchTo(caller);
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  auto& next = *static_cast<std::size_t*>(call->user_fctx);
  // Another load may have begun since the first row.
  while (next < call->max_calls && next < count) {
    Datum values[kColumns] = {};
    bool nulls[kColumns] = {};
    const std::size_t n = next++;
    if constexpr (std::is_same_v<decltype(fill(n, values, nulls)), bool>) {
      if (!fill(n, values, nulls)) continue;
    } else {
      fill(n, values, nulls);
    }
    SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
  }
  SRF_RETURN_DONE(call);
}

}  // namespace cdp::pg
