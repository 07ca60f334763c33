/// connected_components: the partition of the graph whose links a query returns.

#include "pg/base/query_rows.h"
#include "pg/base/row_set.h"
#include "pg/identity/components_datum.h"

namespace cdp::pg {
namespace {

constexpr const char* kArgument = "edges_query";

// Lives in the multi-call context and is never destroyed: it owns nothing but that memory.
struct Graph {
  explicit Graph(MemoryContext context) : memory(context), components(&memory) {}
  ContextResource memory;
  identity::Components components;
  std::size_t at = 0;
  Oid types[2] = {};
};

void TakeShape(TupleDesc columns, void* closure) {
  RequireColumns(kArgument, columns, 2, "SELECT a, b FROM link");
  for (int i = 0; i < 2; ++i) {
    const Oid type = ColumnType(columns, i);
    static_cast<Graph*>(closure)->types[i] = type;
    if (type == INT8OID || type == INT4OID || type == INT2OID) continue;
    const Form_pg_attribute column = TupleDescAttr(columns, i);
    ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                    errmsg("columns of %s must be of type bigint", kArgument),
                    errdetail("Column \"%s\" is of type %s.", NameStr(column->attname),
                              format_type_be(column->atttypid)),
                    errhint("Cast it to bigint.")));
  }
}

std::int64_t Integer(Datum value, Oid type) {
  switch (type) {
    case INT2OID:
      return DatumGetInt16(value);
    case INT4OID:
      return DatumGetInt32(value);
    default:
      return DatumGetInt64(value);
  }
}

void TakeRow(TupleTableSlot* row, void* closure) {
  auto* graph = static_cast<Graph*>(closure);
  slot_getsomeattrs(row, 2);
  if (row->tts_isnull[0] || row->tts_isnull[1]) return;
  const std::int64_t a = Integer(row->tts_values[0], graph->types[0]);
  const std::int64_t b = Integer(row->tts_values[1], graph->types[1]);
  CallCore([&] { graph->components.Add(a, b); });
}

}  // namespace

CDP_FUNCTION(cdp_connected_components) {
  if (SRF_IS_FIRSTCALL()) {
    FuncCallContext* call = SRF_FIRSTCALL_INIT();
    const text* query = PG_GETARG_TEXT_PP(0);
    const MemoryContext before = MemoryContextSwitchTo(call->multi_call_memory_ctx);
    call->tuple_desc = RowShape(fcinfo);
    auto* graph = CallCore([] {
      return new (AllocateIn(CurrentMemoryContext, sizeof(Graph))) Graph(CurrentMemoryContext);
    });
    call->user_fctx = graph;
    RunQuery(kArgument, query, {TakeShape, TakeRow, graph});
    CallCore([graph] { graph->components.Freeze(); });
    MemoryContextSwitchTo(before);
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  auto* graph = static_cast<Graph*>(call->user_fctx);
  std::int64_t node = 0;
  std::int64_t component = 0;
  if (!graph->components.Next(&graph->at, &node, &component)) SRF_RETURN_DONE(call);
  Datum values[] = {Int64GetDatum(node), Int64GetDatum(component)};
  bool nulls[] = {false, false};
  SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
}

}  // namespace cdp::pg
