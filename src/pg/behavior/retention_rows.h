/// Retention as rows, and what other answers about days share with it.
#pragma once

#include <optional>

#include "core/behavior/proportion.h"
#include "core/behavior/retention_question.h"
#include "pg/base/datum.h"
#include "pg/base/row_set.h"

namespace cdp::pg {

/// A date that is not infinite. May longjmp.
inline DateADT FiniteDate(DateADT day) {
  if (DATE_NOT_FINITE(day)) {
    ereport(ERROR,
            (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("date must not be infinite")));
  }
  return day;
}

/// A date or null. May longjmp.
inline std::optional<behavior::Day> DayOrNull(FunctionCallInfo fcinfo, int n) {
  if (PG_ARGISNULL(n)) return std::nullopt;
  return FiniteDate(PG_GETARG_DATEADT(n));
}

/// The first day of a period near the end of the calendar may lie beyond it.
inline Datum DateOf(behavior::Day day) {
  return DateADTGetDatum(
      static_cast<DateADT>(std::clamp<behavior::Day>(day, INT32_MIN + 1, INT32_MAX - 1)));
}

inline double Share(std::uint64_t part, std::uint64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

inline Datum CountOf(std::uint64_t count) { return Int64GetDatum(static_cast<int64>(count)); }

struct MatrixRow {
  behavior::RetentionCell cell;
  behavior::Interval interval;
};

/// For use inside CallCore.
inline RowList<MatrixRow> MatrixRows(const std::pmr::vector<behavior::RetentionCell>& cells,
                                     double confidence) {
  behavior::CheckConfidence(confidence);
  std::pmr::vector<MatrixRow> rows(cells.get_allocator());
  rows.reserve(cells.size());
  for (const behavior::RetentionCell& cell : cells) {
    // No cohort is empty. Bytes that rotted may count more users than it has.
    const auto size = static_cast<std::int64_t>(cell.size);
    const auto users = std::min(size, static_cast<std::int64_t>(cell.users));
    rows.push_back({cell, behavior::Wilson({users, size}, confidence).value()});
  }
  return ListOf(rows);
}

/// Columns: cohort, period, size, users, rate, the bounds of its interval, complete.
inline void FillMatrixRow(const MatrixRow& row, Datum* values, bool*) {
  values[0] = DateOf(row.cell.cohort);
  values[1] = Int32GetDatum(row.cell.period);
  values[2] = CountOf(row.cell.size);
  values[3] = CountOf(row.cell.users);
  values[4] = Float8GetDatum(Share(row.cell.users, row.cell.size));
  values[5] = Float8GetDatum(row.interval.low);
  values[6] = Float8GetDatum(row.interval.high);
  values[7] = BoolGetDatum(row.cell.complete);
}

}  // namespace cdp::pg
