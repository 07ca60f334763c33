#include "pg/base/look_up.h"

extern "C" {
#include "executor/spi.h"
}

namespace cdp::pg {
namespace {

constexpr int kMostArguments = 4;

}  // namespace

bool FindRow(LookUp* look_up, std::span<text* const> arguments, std::span<text*> columns) {
  const MemoryContext caller = CurrentMemoryContext;
  const auto count = static_cast<int>(std::min<std::size_t>(arguments.size(), kMostArguments));
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "SPI_connect failed");
  if (look_up->plan == nullptr) {
    Oid types[kMostArguments];
    std::fill(std::begin(types), std::end(types), TEXTOID);
    SPIPlanPtr plan = SPI_prepare(look_up->query, count, types);
    if (plan == nullptr) {
      elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
    }
    SPI_keepplan(plan);
    look_up->plan = plan;
  }
  Datum values[kMostArguments];
  for (int i = 0; i < count; ++i) values[i] = PointerGetDatum(arguments[i]);
  const int result =
      SPI_execute_plan(static_cast<SPIPlanPtr>(look_up->plan), values, nullptr, true, 1);
  if (result != SPI_OK_SELECT) {
    elog(ERROR, "SPI_execute_plan failed: %s", SPI_result_code_string(result));
  }
  const bool is_found = SPI_processed > 0;
  for (std::size_t i = 0; is_found && i < columns.size(); ++i) {
    bool is_null = false;
    const Datum value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc,
                                      static_cast<int>(i + 1), &is_null);
    const MemoryContext inner = MemoryContextSwitchTo(caller);
    columns[i] = is_null ? nullptr : DatumGetTextPCopy(value);
    MemoryContextSwitchTo(inner);
  }
  SPI_finish();
  return is_found;
}

}  // namespace cdp::pg
