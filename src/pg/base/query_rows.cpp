#include "pg/base/query_rows.h"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "executor/spi.h"
#include "nodes/params.h"
#include "nodes/parsenodes.h"
#include "tcop/dest.h"
#include "tcop/utility.h"
#include "utils/plancache.h"
#include "utils/syscache.h"
}

namespace cdp::pg {
namespace {

struct Receiver {
  DestReceiver callbacks;  // first: the server knows the receiver by it
  MemoryContext row_memory;
  const RowTaker* taker;
  std::span<const ResultColumn> columns;
};

Receiver* ReceiverAt(DestReceiver* self) { return reinterpret_cast<Receiver*>(self); }

bool Receive(TupleTableSlot* slot, DestReceiver* self) {
  const Receiver* receiver = ReceiverAt(self);
  for (std::size_t i = 0; i < receiver->columns.size(); ++i) {
    const int n = static_cast<int>(i);
    if (!receiver->columns[i].may_be_null && slot_attisnull(slot, n + 1)) {
      RaiseNullColumn(slot->tts_tupleDescriptor, n);
    }
  }
  const MemoryContext before = MemoryContextSwitchTo(receiver->row_memory);
  receiver->taker->row(slot, receiver->taker->closure);
  MemoryContextSwitchTo(before);
  MemoryContextReset(receiver->row_memory);
  return true;
}

/// The only statement of the plan, which has to be a SELECT that is no more than that.
void RequireOneSelect(const char* argument, SPIPlanPtr plan) {
  const List* sources = SPI_plan_get_plan_sources(plan);
  if (list_length(sources) != 1) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("%s must be one SELECT statement", argument),
                    errdetail_plural("It holds %d statement.", "It holds %d statements.",
                                     static_cast<unsigned long>(list_length(sources)),
                                     list_length(sources))));
  }
  auto* source = static_cast<CachedPlanSource*>(linitial(sources));
  auto* query = list_length(source->query_list) == 1
                    ? static_cast<Query*>(linitial(source->query_list))
                    : nullptr;
  if (query == nullptr || query->commandType != CMD_SELECT) {
    const CommandTag tag =
        query == nullptr ? source->commandTag : CreateCommandTag(reinterpret_cast<Node*>(query));
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("%s must be one SELECT statement", argument),
                    errdetail("It is a statement of type %s.", GetCommandTagName(tag))));
  }
  if (query->hasModifyingCTE || query->rowMarks != NIL) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("%s must not change or lock rows", argument)));
  }
}

bool IsOfType(Oid type, const char* name) {
  HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(getBaseType(type)));
  if (!HeapTupleIsValid(tuple)) return false;
  const auto* form = reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple));
  const bool fits = std::strcmp(NameStr(form->typname), name) == 0 &&
                    (form->typnamespace == PG_CATALOG_NAMESPACE ||
                     form->typnamespace == get_namespace_oid("cdp", true));
  ReleaseSysCache(tuple);
  return fits;
}

/// The receiver of a query whose rows go to the taker. That and the columns outlive it.
Receiver ReceiverOf(const RowTaker& taker, std::span<const ResultColumn> columns) {
  Receiver receiver{};
  receiver.callbacks.receiveSlot = Receive;
  receiver.callbacks.rStartup = [](DestReceiver* self, int, TupleDesc found) {
    RequireResultColumns(found, ReceiverAt(self)->columns);
  };
  receiver.callbacks.rShutdown = [](DestReceiver*) {};
  receiver.callbacks.rDestroy = [](DestReceiver*) {};
  receiver.callbacks.mydest = DestTuplestore;
  receiver.row_memory =
      AllocSetContextCreate(CurrentMemoryContext, "pg_cdp row", ALLOCSET_DEFAULT_SIZES);
  receiver.taker = &taker;
  receiver.columns = columns;
  return receiver;
}

void SetForNow(const char* setting, const char* value) {
  set_config_option(setting, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

}  // namespace

void RunQuery(const char* argument, const text* query, const RowTaker& taker, Workers workers) {
  const char* statement = text_to_cstring(query);
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "SPI_connect failed");
  const int options_of_plan = workers == Workers::kAllowed ? CURSOR_OPT_PARALLEL_OK : 0;
  SPIPlanPtr plan = SPI_prepare_cursor(statement, 0, nullptr, options_of_plan);
  if (plan == nullptr) {
    // What SPI does not run at all, such as COPY, is no SELECT either.
    elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
  }
  RequireOneSelect(argument, plan);
  const auto* source =
      static_cast<const CachedPlanSource*>(linitial(SPI_plan_get_plan_sources(plan)));
  taker.shape(source->resultDesc, taker.closure);

  Receiver receiver = ReceiverOf(taker, {});
  SPIExecuteOptions options{};
  options.read_only = true;
  options.dest = &receiver.callbacks;
  const int result = SPI_execute_plan_extended(plan, &options);
  if (result != SPI_OK_SELECT) {
    elog(ERROR, "SPI_execute_plan_extended failed: %s", SPI_result_code_string(result));
  }
  SPI_finish();
}

void RequireResultColumns(TupleDesc columns, std::span<const ResultColumn> expected) {
  if (static_cast<std::size_t>(columns->natts) < expected.size()) {
    elog(ERROR, "query of our own has too few columns");
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto* column = TupleDescAttr(columns, static_cast<int>(i));
    if (IsOfType(column->atttypid, expected[i].type)) continue;
    ereport(ERROR,
            (errcode(ERRCODE_DATATYPE_MISMATCH),
             errmsg("column \"%s\" of a managed table must be of type %s, not %s",
                    NameStr(column->attname), expected[i].type, format_type_be(column->atttypid)),
             errdetail("Somebody has altered a table that cdp.setup() made.")));
  }
}

void RaiseNullColumn(TupleDesc columns, int n) {
  ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                  errmsg("column \"%s\" of a managed table cannot be null",
                         NameStr(TupleDescAttr(columns, n)->attname)),
                  errdetail("Somebody has altered a table that cdp.setup() made.")));
  pg_unreachable();
}

void RunOwnQuery(const char* query, std::span<const QueryValue> values,
                 std::span<const ResultColumn> columns,
                 void (*row)(TupleTableSlot* row, void* closure), void* closure) {
  // Ends with the transaction, or the part of it that an error ends.
  const int settings = NewGUCNestLevel();
  SetForNow("search_path", "pg_catalog, pg_temp");
  SetForNow("enable_sort", "off");
  SetForNow("jit", "off");
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "SPI_connect failed");
  const RowTaker taker{nullptr, row, closure};
  Receiver receiver = ReceiverOf(taker, columns);
  SPIExecuteOptions options{};
  options.params = makeParamList(static_cast<int>(values.size()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    options.params->params[i] = {values[i].datum, values[i].is_null, PARAM_FLAG_CONST,
                                 values[i].type};
  }
  options.read_only = true;
  options.dest = &receiver.callbacks;
  const int result = SPI_execute_extended(query, &options);
  if (result != SPI_OK_SELECT) {
    elog(ERROR, "SPI_execute_extended failed: %s", SPI_result_code_string(result));
  }
  SPI_finish();
  AtEOXact_GUC(true, settings);
}

const varlena* FindOwnValue(const char* query, std::span<const QueryValue> values,
                            const char* type) {
  struct Found {
    const varlena* value;
    MemoryContext context;
  };
  Found found{nullptr, CurrentMemoryContext};
  const auto take = [](TupleTableSlot* row, void* closure) {
    auto* into = static_cast<Found*>(closure);
    bool is_null = false;
    const Datum value = slot_getattr(row, 1, &is_null);
    if (is_null) return;
    const MemoryContext before = MemoryContextSwitchTo(into->context);
    into->value = PG_DETOAST_DATUM_COPY(value);
    MemoryContextSwitchTo(before);
  };
  const ResultColumn column{type, true};
  RunOwnQuery(query, values, {&column, 1}, take, &found);
  return found.value;
}

void RequireColumns(const char* argument, TupleDesc columns, int count, const char* example) {
  if (columns->natts == count) return;
  ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                  errmsg_plural("%s must return %d column", "%s must return %d columns",
                                static_cast<unsigned long>(count), argument, count),
                  errdetail_plural("It returns %d column.", "It returns %d columns.",
                                   static_cast<unsigned long>(columns->natts), columns->natts),
                  errhint("Write it like this: %s", example)));
}

void RequireColumnTypes(const char* argument, TupleDesc columns, std::initializer_list<Oid> types,
                        const char* example) {
  RequireColumns(argument, columns, static_cast<int>(types.size()), example);
  int n = 0;
  for (const Oid type : types) {
    const int column = n++;
    if (ColumnType(columns, column) == type) continue;
    ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                    errmsg("column %d of %s must be of type %s, not %s", column + 1, argument,
                           format_type_be(type), format_type_be(ColumnType(columns, column))),
                    errhint("Write it like this: %s", example)));
  }
}

}  // namespace cdp::pg
