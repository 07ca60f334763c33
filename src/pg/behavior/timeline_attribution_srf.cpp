/// timeline_attribution, attribution_agg and what reads its answer.

#include "core/behavior/timeline_attribution.h"
#include "pg/base/row_set.h"
#include "pg/behavior/timeline_question.h"
#include "pg/behavior/timeline_tally_datum.h"
#include "pg/timeline/timeline_datum.h"

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
      fcinfo, first, std::span(kKinds).first(given), [first, given](FunctionCallInfo call) {
        AttributionQuestion question{.targets = RequiredCodes(call, first, "target codes"),
                                     .touches = RequiredCodes(call, first + 1, "touch codes"),
                                     .window = SpanArgument(call, first + 2, "window")};
        RequireArgument(call, first + 3, "model");
        RequireArgument(call, first + 4, "property");
        const text* model = DatumGetTextPP(call->args[first + 3].value);
        question.property = DatumGetInt32(call->args[first + 4].value);
        if (given > 5) {
          question.direct = IntegerOrNull(call, first + 5);
          question.half_life = SpanArgument(call, first + 6, "half-life");
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

}  // namespace

CDP_FUNCTION(cdp_timeline_attribution) {
  return ReturnRows<4>(
      fcinfo,
      [fcinfo]() -> RowList<Credit> {
        if (PG_ARGISNULL(0)) return {nullptr, 0};
        // The call's state takes the place of a kept question, so this one is made each time.
        void* const state = fcinfo->flinfo->fn_extra;
        fcinfo->flinfo->fn_extra = nullptr;
        const auto& kept = AttributionArgument(fcinfo, 1);
        fcinfo->flinfo->fn_extra = state;
        const varlena* value = TimelineArgument(fcinfo, 0);
        const auto list = CallCore([&] {
          ContextResource memory(CurrentMemoryContext);
          const auto credits = behavior::CreditsOf(ReadTimeline(value), *kept.question, &memory);
          auto* rows = static_cast<Credit*>(
              AllocateIn(CurrentMemoryContext, credits.size() * sizeof(Credit) + 1));
          std::copy(credits.begin(), credits.end(), rows);
          return RowList<Credit>{rows, credits.size()};
        });
        MemoryContextDelete(kept.context);
        return list;
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
  RequireAggregate(fcinfo, "_attribution_trans");
  const auto& kept = AttributionArgument(fcinfo, 2);
  if (PG_ARGISNULL(1)) return SameState(fcinfo);
  const varlena* value = TimelineArgument(fcinfo, 1);
  const behavior::TallyShape shape{TallyKind::kCredit, behavior::kCreditParts, true, kept.hash};
  return FillTally(fcinfo, shape,
                   [&kept, value](behavior::TallyTable* tally, ContextResource* memory) {
                     behavior::CountCredits(ReadTimeline(value), *kept.question, tally, memory);
                   });
}

CDP_FUNCTION(cdp_attribution) {
  return ReturnRows<4>(
      fcinfo,
      [fcinfo] {
        const auto bytes = TallyBytes(PG_GETARG_DATUM(0));
        return CallCore([=] {
          const auto view = ReadTally(bytes, TallyKind::kCredit, "credit");
          if (view.shape().parts != behavior::kCreditParts || !view.shape().totals) {
            throw Error(ErrorCode::kCorruptData, "tally is corrupt", "Its keys are not touches.");
          }
          auto* rows = static_cast<TallyRow*>(
              AllocateIn(CurrentMemoryContext, view.size() * sizeof(TallyRow) + 1));
          for (std::size_t i = 0; i < view.size(); ++i) rows[i] = view.At(i);
          return RowList<TallyRow>{rows, view.size()};
        });
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
