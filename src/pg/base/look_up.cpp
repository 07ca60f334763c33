#include "pg/base/look_up.h"

extern "C" {
#include "catalog/namespace.h"
}

namespace cdp::pg {
namespace {

constexpr int kMostArguments = 4;

SPIPlanPtr PlanOf(LookUp* look_up, int count, Oid* types, int options) {
  if (look_up->plan == nullptr) {
    SPIPlanPtr plan = SPI_prepare_cursor(look_up->query, count, types, options);
    if (plan == nullptr) {
      elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
    }
    SPI_keepplan(plan);
    look_up->plan = plan;
  }
  return static_cast<SPIPlanPtr>(look_up->plan);
}

void Run(SPIPlanPtr plan, Datum* values, const char* nulls, long most) {
  const int result = SPI_execute_plan(plan, values, nulls, true, most);
  if (result != SPI_OK_SELECT) {
    elog(ERROR, "SPI_execute_plan failed: %s", SPI_result_code_string(result));
  }
}

void RequireColumnsOf(const LookUp& look_up, const FoundRows& rows) {
  const auto* end = std::find_if(std::begin(look_up.columns), std::end(look_up.columns),
                                 [](const ResultColumn& each) { return each.type == nullptr; });
  const std::span<const ResultColumn> columns(std::begin(look_up.columns), end);
  const TupleDesc found = rows.table->tupdesc;
  RequireResultColumns(found, columns);
  for (std::uint64_t row = 0; row < rows.count; ++row) {
    for (int n = 0; n < static_cast<int>(columns.size()); ++n) {
      if (look_up.columns[n].may_be_null) continue;
      if (heap_attisnull(rows.table->vals[row], n + 1, found)) RaiseNullColumn(found, n);
    }
  }
}

}  // namespace

bool FindRow(LookUp* look_up, std::span<text* const> arguments, std::span<text*> columns) {
  const MemoryContext caller = CurrentMemoryContext;
  const auto count = static_cast<int>(std::min<std::size_t>(arguments.size(), kMostArguments));
  BeginLookUps();
  Oid types[kMostArguments];
  std::fill(std::begin(types), std::end(types), TEXTOID);
  Datum values[kMostArguments];
  for (int i = 0; i < count; ++i) values[i] = PointerGetDatum(arguments[i]);
  Run(PlanOf(look_up, count, types, 0), values, nullptr, 1);
  const bool is_found = SPI_processed > 0;
  const TupleDesc found = SPI_tuptable->tupdesc;
  const ResultColumn texts[kMostArguments] = {
      {"text", true}, {"text", true}, {"text", true}, {"text", true}};
  RequireResultColumns(found, std::span(texts).first(std::min(columns.size(), std::size(texts))));
  for (std::size_t i = 0; is_found && i < columns.size(); ++i) {
    bool is_null = false;
    const Datum value =
        SPI_getbinval(SPI_tuptable->vals[0], found, static_cast<int>(i + 1), &is_null);
    const MemoryContext inner = MemoryContextSwitchTo(caller);
    columns[i] = is_null ? nullptr : DatumGetTextPCopy(value);
    MemoryContextSwitchTo(inner);
  }
  EndLookUps();
  return is_found;
}

void BeginLookUps() {
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "SPI_connect failed");
}

void EndLookUps() { SPI_finish(); }

FoundRows FindRows(LookUp* look_up, std::span<const QueryValue> arguments) {
  Oid types[kMostArguments];
  Datum values[kMostArguments];
  char nulls[kMostArguments];
  const auto count = static_cast<int>(std::min<std::size_t>(arguments.size(), kMostArguments));
  for (int i = 0; i < count; ++i) {
    types[i] = arguments[i].type;
    values[i] = arguments[i].datum;
    nulls[i] = arguments[i].is_null ? 'n' : ' ';
  }
  Run(PlanOf(look_up, count, types, look_up->options), values, nulls, 0);
  const FoundRows rows{SPI_tuptable, SPI_processed};
  RequireColumnsOf(*look_up, rows);
  return rows;
}

bool HasManagedTable(const char* name) {
  return OidIsValid(get_relname_relid(name, get_namespace_oid("cdp", true)));
}

}  // namespace cdp::pg
