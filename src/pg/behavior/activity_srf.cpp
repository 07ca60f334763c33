/// What an activity answers: retention, lifecycle, stickiness, distribution.

#include "core/behavior/cohort_retention.h"
#include "core/behavior/lifecycle.h"
#include "pg/behavior/activity_datum.h"
#include "pg/behavior/retention_rows.h"

namespace cdp::pg {
namespace {

using behavior::ActivityView;
using behavior::CohortRetention;
using behavior::Day;
using behavior::RetentionKind;
using behavior::RetentionQuestion;

/// A text that must not be null; `name` names the argument in the message. May longjmp.
std::string_view WordArgument(FunctionCallInfo fcinfo, int n, const char* name) {
  if (PG_ARGISNULL(n)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("%s must not be null", name)));
  }
  return ViewOf(PG_GETARG_TEXT_PP(n));
}

/// The words and numbers of a question about retention, as they came.
struct AskedRetention {
  bitmap::Bytes activity;
  std::string_view kind;
  std::string_view unit;
  std::string_view cohorts;
  int periods;
  std::span<const std::int32_t> brackets;
  std::optional<Day> until;
};

/// Answers with what `answer(retention)` makes of it; for use inside CallCore.
template <class Answer>
auto Ask(const AskedRetention& asked, Answer answer) {
  RetentionQuestion question;
  question.kind = behavior::ParseRetentionKind(asked.kind);
  question.unit = behavior::ParseUnit(asked.unit);
  question.recurring = behavior::ParseRecurring(asked.cohorts);
  question.periods = asked.periods;
  question.edges = asked.brackets;
  question.until = asked.until;
  if (question.kind != RetentionKind::kBracket && !asked.brackets.empty()) {
    throw Error(ErrorCode::kInvalidArgument, "only retention of kind \"bracket\" has brackets");
  }
  ContextResource memory(CurrentMemoryContext);
  return answer(CohortRetention(ActivityView(asked.activity), question, &memory));
}

std::span<const std::int32_t> BracketsArgument(FunctionCallInfo fcinfo, int n) {
  if (PG_ARGISNULL(n)) return {};
  return ElementsOf<std::int32_t>(PG_GETARG_ARRAYTYPE_P(n));
}

}  // namespace

CDP_FUNCTION(cdp_retention_matrix) {
  return ReturnRows<8>(
      fcinfo,
      [fcinfo]() -> RowList<MatrixRow> {
        if (PG_ARGISNULL(0)) return {nullptr, 0};
        if (PG_ARGISNULL(3) || PG_ARGISNULL(7)) {
          ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                          errmsg("number of periods and confidence must not be null")));
        }
        const AskedRetention asked{ActivityArgument(fcinfo, 0),
                                   WordArgument(fcinfo, 1, "kind of retention"),
                                   WordArgument(fcinfo, 2, "unit"),
                                   WordArgument(fcinfo, 5, "kind of cohort"),
                                   PG_GETARG_INT32(3),
                                   BracketsArgument(fcinfo, 4),
                                   DayOrNull(fcinfo, 6)};
        const double confidence = PG_GETARG_FLOAT8(7);
        return CallCore([&] {
          return Ask(asked, [=](const CohortRetention& retention) {
            return MatrixRows(retention.Matrix(), confidence);
          });
        });
      },
      FillMatrixRow);
}

CDP_FUNCTION(cdp_retention_users) {
  if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2)) PG_RETURN_NULL();
  const Day cohort = FiniteDate(PG_GETARG_DATEADT(1));
  const int period = PG_GETARG_INT32(2);
  const AskedRetention asked{ActivityArgument(fcinfo, 0),
                             WordArgument(fcinfo, 3, "kind of retention"),
                             WordArgument(fcinfo, 4, "unit"),
                             WordArgument(fcinfo, 6, "kind of cohort"),
                             period,
                             BracketsArgument(fcinfo, 5),
                             std::nullopt};
  PG_RETURN_POINTER(CallCore([&] {
    return Ask(asked, [=](const CohortRetention& retention) {
      return NewVarlena(retention.Returned(cohort, period));
    });
  }));
}

CDP_FUNCTION(cdp_retention_cohort) {
  const Day cohort = FiniteDate(PG_GETARG_DATEADT(1));
  const AskedRetention asked{ActivityArgument(fcinfo, 0),
                             "n_day",
                             ViewOf(PG_GETARG_TEXT_PP(2)),
                             ViewOf(PG_GETARG_TEXT_PP(3)),
                             0,
                             {},
                             std::nullopt};
  PG_RETURN_POINTER(CallCore([&] {
    return Ask(asked, [=](const CohortRetention& retention) {
      return NewVarlena(retention.Members(cohort));
    });
  }));
}

CDP_FUNCTION(cdp_lifecycle) {
  using behavior::LifecyclePeriod;
  return ReturnRows<6>(
      fcinfo,
      [fcinfo]() -> RowList<LifecyclePeriod> {
        if (PG_ARGISNULL(0)) return {nullptr, 0};
        const bitmap::Bytes bytes = ActivityArgument(fcinfo, 0);
        const std::string_view unit = WordArgument(fcinfo, 1, "unit");
        const std::optional<Day> until = DayOrNull(fcinfo, 2);
        return CallCore([=] {
          ContextResource memory(CurrentMemoryContext);
          return ListOf(
              behavior::Lifecycle(ActivityView(bytes), behavior::ParseUnit(unit), until, &memory));
        });
      },
      [](const LifecyclePeriod& row, Datum* values, bool*) {
        values[0] = DateOf(row.first_day);
        values[1] = CountOf(row.fresh);
        values[2] = CountOf(row.returning);
        values[3] = CountOf(row.resurrecting);
        values[4] = CountOf(row.dormant);
        values[5] = BoolGetDatum(row.complete);
      });
}

CDP_FUNCTION(cdp_stickiness) {
  using behavior::DaysActive;
  return ReturnRows<4>(
      fcinfo,
      [fcinfo] {
        const bitmap::Bytes bytes = ActivityArgument(fcinfo, 0);
        const std::string_view span = ViewOf(PG_GETARG_TEXT_PP(1));
        return CallCore([=] {
          std::optional<behavior::CalendarUnit> unit;
          if (span != "all") unit = behavior::ParseUnit(span);
          ContextResource memory(CurrentMemoryContext);
          return ListOf(behavior::Stickiness(ActivityView(bytes), unit, &memory));
        });
      },
      [](const DaysActive& row, Datum* values, bool*) {
        values[0] = DateOf(row.first_day);
        values[1] = Int32GetDatum(row.days);
        values[2] = CountOf(row.users);
        values[3] = Float8GetDatum(Share(row.users, row.active));
      });
}

CDP_FUNCTION(cdp_distribution) {
  struct Bin {
    std::int32_t first;
    std::int32_t last;  // 0: no end
    behavior::DaysBin users;
  };
  return ReturnRows<4>(
      fcinfo,
      [fcinfo] {
        const bitmap::Bytes bytes = ActivityArgument(fcinfo, 0);
        const auto edges = ElementsOf<std::int32_t>(PG_GETARG_ARRAYTYPE_P(1));
        return CallCore([=] {
          ContextResource memory(CurrentMemoryContext);
          const auto found = behavior::Distribution(ActivityView(bytes), edges, &memory);
          std::pmr::vector<Bin> bins(&memory);
          for (std::size_t i = 0; i < found.size(); ++i) {
            const std::int32_t last = i + 1 < edges.size() ? edges[i + 1] - 1 : 0;
            bins.push_back({edges[i], last, found[i]});
          }
          return ListOf(bins);
        });
      },
      [](const Bin& bin, Datum* values, bool* nulls) {
        values[0] = Int32GetDatum(bin.first);
        values[1] = Int32GetDatum(bin.last);
        nulls[1] = bin.last == 0;
        values[2] = CountOf(bin.users.users);
        nulls[3] = bin.users.active == 0;
        if (!nulls[3]) values[3] = Float8GetDatum(Share(bin.users.users, bin.users.active));
      });
}

}  // namespace cdp::pg
