/// timeline_attribution, attribution_agg and what reads its answer.

#include "core/behavior/timeline_attribution.h"
#include "pg/behavior/timeline_rows.h"
#include "pg/behavior/timeline_source.h"

namespace cdp::pg {
namespace {

using behavior::AttributionQuestion;
using behavior::Credit;
using behavior::TallyKind;
using behavior::TallyRow;

const timeline::CodeSet* RequiredCodes(FunctionCallInfo fcinfo, int n, const char* what) {
  RequireArgument(fcinfo, n, what);
  return CodesOrNull(fcinfo, n);
}

/// Arguments `first` on: targets, touches, window, model, property and, unless it is the short
/// form, direct and half-life. May longjmp: for the first act.
const KeptQuestion<AttributionQuestion>& AttributionArgument(FunctionCallInfo fcinfo, int first) {
  using enum ArgumentKind;
  static constexpr ArgumentKind kKinds[] = {kVarlena, kVarlena, kInterval, kVarlena,
                                            kByValue, kByValue, kInterval};
  const auto given = static_cast<std::size_t>(PG_NARGS() - first);
  return QuestionOf<AttributionQuestion>(
      fcinfo, first, std::span(kKinds).first(given), [fcinfo, first, given] {
        AttributionQuestion question{.targets = RequiredCodes(fcinfo, first, "target codes"),
                                     .touches = RequiredCodes(fcinfo, first + 1, "touch codes"),
                                     .window = SpanArgument(fcinfo, first + 2, "window")};
        RequireArgument(fcinfo, first + 3, "model");
        RequireArgument(fcinfo, first + 4, "property");
        const text* model = DatumGetTextPP(fcinfo->args[first + 3].value);
        question.property = DatumGetInt32(fcinfo->args[first + 4].value);
        if (given > 5) {
          question.direct = IntegerOrNull(fcinfo, first + 5);
          question.half_life = SpanArgument(fcinfo, first + 6, "half-life");
        } else {
          question.half_life = 7 * static_cast<std::uint64_t>(USECS_PER_DAY);
        }
        return CallCore([&question, model] {
          question.model = behavior::ParseAttributionModel(ViewOf(model));
          behavior::CheckAttribution(question);
          return new (AllocateIn(CurrentMemoryContext, sizeof(question)))
              AttributionQuestion(question);
        });
      });
}

template <class Source>
Datum Transition(FunctionCallInfo fcinfo, const char* function) {
  RequireAggregate(fcinfo, function);
  const auto& kept = AttributionArgument(fcinfo, 2);
  const behavior::TallyShape shape{TallyKind::kCredit, behavior::kCreditParts, true, kept.hash};
  return CountTimelines<Source>(
      fcinfo, shape, [&kept](const auto& view, behavior::TallyTable* tally, auto* memory) {
        behavior::CountCredits(view, *kept.question, tally, memory);
      });
}

}  // namespace

CDP_FUNCTION(cdp_timeline_attribution) {
  return ReturnRows<4>(
      fcinfo,
      [fcinfo] {
        return AnswerOnce(fcinfo, AttributionArgument,
                          [](const auto& view, const AttributionQuestion* question, auto* memory) {
                            return ListOf(behavior::CreditsOf(view, *question, memory));
                          });
      },
      [](const Credit& credit, Datum* values, bool* nulls) {
        values[0] = TimestampTzGetDatum(credit.converted);
        values[1] = TimestampTzGetDatum(credit.touch);
        nulls[1] = !credit.touched;
        values[2] = Int32GetDatum(credit.key.value_or(0));
        nulls[2] = !credit.key;
        values[3] = Int64GetDatum(credit.credit);
      });
}

CDP_FUNCTION(cdp__attribution_trans) {
  return Transition<OneTimeline>(fcinfo, "_attribution_trans");
}
CDP_FUNCTION(cdp__attribution_page_trans) {
  return Transition<TimelinePage>(fcinfo, "_attribution_page_trans");
}

CDP_FUNCTION(cdp_attribution) {
  return ReturnRows<4>(
      fcinfo,
      [fcinfo] {
        return RowsOfTally(fcinfo, TallyKind::kCredit, behavior::kCreditParts, true, "credit");
      },
      [](const TallyRow& row, Datum* values, bool* nulls) {
        values[0] = BoolGetDatum(row.key[0] != 0);
        values[1] = Int32GetDatum(row.key[1]);
        nulls[1] = row.key[0] != 2;
        values[2] = Int64GetDatum(row.count);
        values[3] = Int64GetDatum(row.total);
      });
}

}  // namespace cdp::pg
