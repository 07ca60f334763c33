/// connected_components and connected_components_text: the partition of the graph whose links a
/// query returns.

#include "pg/base/query_rows.h"
#include "pg/base/row_set.h"
#include "pg/identity/components_datum.h"
#include "pg/identity/text_components_datum.h"

namespace cdp::pg {
namespace {

constexpr const char* kArgument = "edges_query";

struct Integers {
  using Components = identity::Components;
  using Node = std::int64_t;
  static constexpr const char* kType = "bigint";
  static constexpr const char* kHint =
      "Cast it to bigint, or let connected_components_text compare texts.";

  static bool Takes(Oid type) { return type == INT8OID || type == INT4OID || type == INT2OID; }
  static Node Read(Datum value, Oid type) {
    switch (type) {
      case INT2OID:
        return DatumGetInt16(value);
      case INT4OID:
        return DatumGetInt32(value);
      default:
        return DatumGetInt64(value);
    }
  }
  static Datum Give(Node node) { return Int64GetDatum(node); }
};

struct Texts {
  using Components = identity::TextComponents;
  using Node = std::string_view;
  static constexpr const char* kType = "text";
  static constexpr const char* kHint = "Cast it to text.";

  static bool Takes(Oid type) { return type == TEXTOID || type == VARCHAROID; }
  static Node Read(Datum value, Oid) { return ViewOf(DatumGetTextPP(value)); }
  static Datum Give(Node node) { return TextOf(node); }
};

// Lives in the multi-call context and is never destroyed: it owns nothing but that memory.
template <class Kind>
struct Graph {
  explicit Graph(MemoryContext context) : memory(context), components(&memory) {}
  ContextResource memory;
  typename Kind::Components components;
  std::size_t at = 0;
  Oid types[2] = {};
};

template <class Kind>
void TakeShape(TupleDesc columns, void* closure) {
  RequireColumns(kArgument, columns, 2, "SELECT a, b FROM link");
  for (int i = 0; i < 2; ++i) {
    const Oid type = ColumnType(columns, i);
    static_cast<Graph<Kind>*>(closure)->types[i] = type;
    if (Kind::Takes(type)) continue;
    const Form_pg_attribute column = TupleDescAttr(columns, i);
    ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                    errmsg("columns of %s must be of type %s", kArgument, Kind::kType),
                    errdetail("Column \"%s\" is of type %s.", NameStr(column->attname),
                              format_type_be(column->atttypid)),
                    errhint("%s", Kind::kHint)));
  }
}

template <class Kind>
void TakeRow(TupleTableSlot* row, void* closure) {
  auto* graph = static_cast<Graph<Kind>*>(closure);
  slot_getsomeattrs(row, 2);
  if (row->tts_isnull[0] || row->tts_isnull[1]) return;
  const typename Kind::Node a = Kind::Read(row->tts_values[0], graph->types[0]);
  const typename Kind::Node b = Kind::Read(row->tts_values[1], graph->types[1]);
  CallCore([&] { graph->components.Add(a, b); });
}

template <class Kind>
Datum Connected(FunctionCallInfo fcinfo) {
  if (SRF_IS_FIRSTCALL()) {
    FuncCallContext* first = SRF_FIRSTCALL_INIT();
    const text* query = PG_GETARG_TEXT_PP(0);
    const MemoryContext caller = MemoryContextSwitchTo(first->multi_call_memory_ctx);
    first->tuple_desc = RowShape(fcinfo);
    auto* graph = CallCore([] {
      void* room = AllocateIn(CurrentMemoryContext, sizeof(Graph<Kind>));
      return new (room) Graph<Kind>(CurrentMemoryContext);
    });
    RunQuery(kArgument, query, {TakeShape<Kind>, TakeRow<Kind>, graph});
    CallCore([graph] { graph->components.Freeze(); });
    first->user_fctx = graph;
    MemoryContextSwitchTo(caller);
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  auto* graph = static_cast<Graph<Kind>*>(call->user_fctx);
  typename Kind::Node node{};
  typename Kind::Node component{};
  if (!graph->components.Next(&graph->at, &node, &component)) SRF_RETURN_DONE(call);
  Datum values[] = {Kind::Give(node), Kind::Give(component)};
  bool nulls[] = {false, false};
  SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
}

}  // namespace

CDP_FUNCTION(cdp_connected_components) { return Connected<Integers>(fcinfo); }

CDP_FUNCTION(cdp_connected_components_text) { return Connected<Texts>(fcinfo); }

}  // namespace cdp::pg
