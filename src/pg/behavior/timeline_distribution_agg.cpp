/// distribution_agg and what reads its answer.

#include "core/behavior/timeline_distribution.h"
#include "pg/base/zone.h"
#include "pg/behavior/timeline_rows.h"
#include "pg/behavior/timeline_source.h"

namespace cdp::pg {
namespace {

using behavior::DistributionBin;
using behavior::DistributionQuestion;
using behavior::TallyKind;

/// Arguments `first` on: codes and, unless it is the short form, from, to, measure, time zone. May
/// longjmp: for the first act.
const KeptQuestion<DistributionQuestion>& DistributionArgument(FunctionCallInfo fcinfo, int first) {
  using enum ArgumentKind;
  static constexpr ArgumentKind kKinds[] = {kVarlena, kByValue, kByValue, kVarlena, kVarlena};
  const auto given = static_cast<std::size_t>(PG_NARGS() - first);
  return QuestionOf<DistributionQuestion>(
      fcinfo, first, std::span(kKinds).first(given), [fcinfo, first, given] {
        DistributionQuestion question{.codes = CodesOrNull(fcinfo, first)};
        const text* measure = nullptr;
        if (given > 1) {
          // The server's infinities are the ends of the core's time.
          if (!fcinfo->args[first + 1].isnull) {
            question.period.from = DatumGetTimestampTz(fcinfo->args[first + 1].value);
          }
          if (!fcinfo->args[first + 2].isnull) {
            question.period.to = DatumGetTimestampTz(fcinfo->args[first + 2].value);
          }
          RequireArgument(fcinfo, first + 3, "measure");
          RequireArgument(fcinfo, first + 4, "time zone");
          measure = DatumGetTextPP(fcinfo->args[first + 3].value);
          question.zone = ZoneNamed(DatumGetTextPP(fcinfo->args[first + 4].value));
        }
        return CallCore([&question, measure] {
          if (measure != nullptr) question.measure = behavior::ParseMeasure(ViewOf(measure));
          return new (AllocateIn(CurrentMemoryContext, sizeof(question)))
              DistributionQuestion(question);
        });
      });
}

template <class Source>
Datum Transition(FunctionCallInfo fcinfo, const char* function) {
  RequireAggregate(fcinfo, function);
  const auto& kept = DistributionArgument(fcinfo, 2);
  const behavior::TallyShape shape{TallyKind::kDistribution, behavior::kDistributionParts, false,
                                   kept.hash};
  return CountTimelines<Source>(fcinfo, shape,
                                [&kept](const auto& view, behavior::TallyTable* tally, auto*) {
                                  behavior::CountDistribution(view, kept.question, tally);
                                });
}

}  // namespace

CDP_FUNCTION(cdp__distribution_trans) {
  return Transition<OneTimeline>(fcinfo, "_distribution_trans");
}
CDP_FUNCTION(cdp__distribution_page_trans) {
  return Transition<TimelinePage>(fcinfo, "_distribution_page_trans");
}

CDP_FUNCTION(cdp_distribution_table) {
  return ReturnRows<4>(
      fcinfo,
      [fcinfo]() -> RowList<DistributionBin> {
        if (PG_ARGISNULL(0)) return {nullptr, 0};
        const auto bytes = TallyBytes(PG_GETARG_DATUM(0));
        std::optional<std::span<const std::int64_t>> edges;
        if (!PG_ARGISNULL(1)) edges = ElementsOf<std::int64_t>(PG_GETARG_ARRAYTYPE_P(1));
        return CallCore([=] {
          ContextResource memory(CurrentMemoryContext);
          return ListOf(behavior::DistributionOf(
              ReadTally(bytes, TallyKind::kDistribution, behavior::kDistributionParts, false,
                        "a distribution"),
              edges, &memory));
        });
      },
      [fcinfo](const DistributionBin& bin, Datum* values, bool* nulls) {
        const bool single = PG_ARGISNULL(1);
        values[0] = Int64GetDatum(bin.from);
        nulls[1] = !single && !bin.to;
        values[1] = Int64GetDatum(single ? bin.from : bin.to.value_or(1) - 1);
        values[2] = Int64GetDatum(bin.users);
        nulls[3] = bin.all == 0;
        if (!nulls[3]) {
          values[3] = Float8GetDatum(static_cast<double>(bin.users) / static_cast<double>(bin.all));
        }
      });
}

}  // namespace cdp::pg
