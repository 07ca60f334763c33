#include "pg/base/look_up.h"

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
  for (std::size_t i = 0; is_found && i < columns.size(); ++i) {
    bool is_null = false;
    const Datum value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc,
                                      static_cast<int>(i + 1), &is_null);
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

FoundRows FindRows(LookUp* look_up, std::span<const LookUpArgument> arguments) {
  Oid types[kMostArguments];
  Datum values[kMostArguments];
  char nulls[kMostArguments];
  const auto count = static_cast<int>(std::min<std::size_t>(arguments.size(), kMostArguments));
  for (int i = 0; i < count; ++i) {
    types[i] = arguments[i].type;
    values[i] = arguments[i].value;
    nulls[i] = arguments[i].is_null ? 'n' : ' ';
  }
  Run(PlanOf(look_up, count, types, look_up->options), values, nulls, 0);
  return {SPI_tuptable, SPI_processed};
}

}  // namespace cdp::pg
