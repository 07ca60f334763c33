/// retention_bits, retention_agg and what reads its answer.

#include "core/behavior/timeline_retention.h"
#include "pg/base/zone.h"
#include "pg/behavior/retention_rows.h"
#include "pg/behavior/timeline_question.h"
#include "pg/behavior/timeline_source.h"

namespace cdp::pg {
namespace {

using behavior::CodeMasks;
using behavior::RetentionQuestion;
using behavior::TallyKind;
using behavior::TimelineRetention;

std::span<const std::int32_t> CodesGiven(FunctionCallInfo fcinfo, int n) {
  if (PG_ARGISNULL(n)) return {};
  ArrayType* array = PG_GETARG_ARRAYTYPE_P(n);
  if (ARR_NDIM(array) > 1) {
    ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
                    errmsg("codes must be an array of one dimension")));
  }
  return ElementsOf<std::int32_t>(array);
}

/// A word that must not be null. May longjmp.
std::string_view WordGiven(FunctionCallInfo fcinfo, int n, const char* what) {
  RequireArgument(fcinfo, n, what);
  return ViewOf(PG_GETARG_TEXT_PP(n));
}

/// What the arguments say, as they came.
struct Asked {
  bool every_start;
  bool every_return;
  std::span<const std::int32_t> starts;
  std::span<const std::int32_t> returns;
  std::string_view unit;
  int periods;
  Zone zone;
  std::string_view kind = "n_day";
  std::span<const std::int32_t> brackets = {};
  bool calendar = true;
  std::string_view cohorts = "first";
  std::optional<timeline::Period> started = {};
};

/// In the current context, for use inside CallCore.
TimelineRetention* MakeQuestion(const Asked& asked) {
  const MemoryContext context = CurrentMemoryContext;
  auto* memory = new (AllocateIn(context, sizeof(ContextResource))) ContextResource(context);
  RetentionQuestion rule;
  rule.kind = behavior::ParseRetentionKind(asked.kind);
  rule.unit = behavior::ParseUnit(asked.unit);
  rule.recurring = behavior::ParseRecurring(asked.cohorts);
  rule.periods = asked.periods;
  if (rule.kind == behavior::RetentionKind::kBracket) {
    auto* edges = static_cast<std::int32_t*>(AllocateIn(context, asked.brackets.size_bytes() + 1));
    std::copy(asked.brackets.begin(), asked.brackets.end(), edges);
    rule.edges = {edges, asked.brackets.size()};
  } else if (!asked.brackets.empty()) {
    throw Error(ErrorCode::kInvalidArgument, "only retention of kind \"bracket\" has brackets");
  }
  behavior::CheckRetention(rule);
  CodeMasks codes(memory);
  for (const std::int32_t code : asked.starts) codes.Add(code, 0);
  for (const std::int32_t code : asked.returns) codes.Add(code, 1);
  const std::uint64_t every =
      (asked.every_start ? behavior::kStarts : 0) | (asked.every_return ? behavior::kReturns : 0);
  return new (AllocateIn(context, sizeof(TimelineRetention)))
      TimelineRetention{every, std::move(codes), rule, !asked.calendar, asked.zone, asked.started};
}

/// Arguments `first` on: starts, returns, unit, periods, time zone; in longer forms kind, brackets
/// and calendar; and in the longest cohorts. Or behind the first five the period in which people
/// started, either end of it null for none. May longjmp: for the first act.
const KeptQuestion<TimelineRetention>& RetentionArgument(FunctionCallInfo fcinfo, int first) {
  using enum ArgumentKind;
  static constexpr ArgumentKind kKinds[] = {kVarlena, kVarlena, kVarlena, kByValue, kVarlena,
                                            kVarlena, kVarlena, kByValue, kVarlena};
  static constexpr ArgumentKind kPeriodKinds[] = {kVarlena, kVarlena, kVarlena, kByValue,
                                                  kVarlena, kByValue, kByValue};
  const auto given = static_cast<std::size_t>(PG_NARGS() - first);
  const bool has_period = given == std::size(kPeriodKinds);
  const std::span<const ArgumentKind> kinds =
      has_period ? std::span(kPeriodKinds) : std::span(kKinds).first(given);
  return QuestionOf<TimelineRetention>(fcinfo, first, kinds, [fcinfo, first, given, has_period] {
    RequireArgument(fcinfo, first + 3, "number of periods");
    RequireArgument(fcinfo, first + 4, "time zone");
    Asked asked{.every_start = fcinfo->args[first].isnull,
                .every_return = fcinfo->args[first + 1].isnull,
                .starts = CodesGiven(fcinfo, first),
                .returns = CodesGiven(fcinfo, first + 1),
                .unit = WordGiven(fcinfo, first + 2, "unit"),
                .periods = DatumGetInt32(fcinfo->args[first + 3].value),
                .zone = ZoneNamed(DatumGetTextPP(fcinfo->args[first + 4].value))};
    if (has_period) {
      const NullableDatum& from = fcinfo->args[first + 5];
      const NullableDatum& to = fcinfo->args[first + 6];
      asked.started =
          timeline::Period{.from = from.isnull ? DT_NOBEGIN : DatumGetTimestampTz(from.value),
                           .to = to.isnull ? DT_NOEND : DatumGetTimestampTz(to.value)};
    } else if (given > 5) {
      asked.kind = WordGiven(fcinfo, first + 5, "kind of retention");
      asked.brackets = CodesGiven(fcinfo, first + 6);
      RequireArgument(fcinfo, first + 7, "calendar");
      asked.calendar = DatumGetBool(fcinfo->args[first + 7].value);
    }
    if (given > 8) asked.cohorts = WordGiven(fcinfo, first + 8, "kind of cohort");
    return CallCore([&asked] { return MakeQuestion(asked); });
  });
}

/// Bit i of the string is element i; for use inside CallCore.
VarBit* NewVarBit(const std::pmr::vector<bool>& bits) {
  const auto size = static_cast<int>(bits.size());
  auto* result = static_cast<VarBit*>(AllocateIn(CurrentMemoryContext, VARBITTOTALLEN(size)));
  std::memset(result, 0, VARBITTOTALLEN(size));
  SET_VARSIZE(result, VARBITTOTALLEN(size));
  VARBITLEN(result) = size;
  for (std::size_t i = 0; i < bits.size(); ++i) {
    if (bits[i])
      VARBITS(result)[i / BITS_PER_BYTE] |= static_cast<bits8>(0x80 >> i % BITS_PER_BYTE);
  }
  return result;
}

template <class Source>
Datum Transition(FunctionCallInfo fcinfo, const char* function) {
  RequireAggregate(fcinfo, function);
  const auto& kept = RetentionArgument(fcinfo, 2);
  const behavior::TallyShape shape{TallyKind::kRetention, behavior::kRetentionParts, false,
                                   kept.hash};
  return CountTimelines<Source>(
      fcinfo, shape, [&kept](const auto& view, behavior::TallyTable* tally, auto* memory) {
        behavior::CountRetention(view, kept.question, tally, memory);
      });
}

}  // namespace

CDP_FUNCTION(cdp_retention_bits) {
  if (PG_ARGISNULL(0)) PG_RETURN_NULL();
  const auto& kept = RetentionArgument(fcinfo, 1);
  const varlena* value = TimelineArgument(fcinfo, 0);
  VarBit* result = CallCore([&kept, value]() -> VarBit* {
    ContextResource memory(CurrentMemoryContext);
    const auto bits = behavior::RetentionBits(ReadTimeline(value), kept.question, &memory);
    return bits ? NewVarBit(*bits) : nullptr;
  });
  if (result == nullptr) PG_RETURN_NULL();
  PG_RETURN_VARBIT_P(result);
}

CDP_FUNCTION(cdp__retention_tally_trans) {
  return Transition<OneTimeline>(fcinfo, "_retention_tally_trans");
}
CDP_FUNCTION(cdp__retention_page_trans) {
  return Transition<TimelinePage>(fcinfo, "_retention_page_trans");
}

CDP_FUNCTION(cdp_retention_table) {
  return ReturnRows<8>(
      fcinfo,
      [fcinfo]() -> RowList<MatrixRow> {
        if (PG_ARGISNULL(0)) return {nullptr, 0};
        RequireArgument(fcinfo, 2, "confidence");
        const auto bytes = TallyBytes(PG_GETARG_DATUM(0));
        const auto until = DayOrNull(fcinfo, 1);
        const double confidence = PG_GETARG_FLOAT8(2);
        return CallCore([=] {
          ContextResource memory(CurrentMemoryContext);
          const auto view = ReadTally(bytes, TallyKind::kRetention, behavior::kRetentionParts,
                                      false, "retention");
          return MatrixRows(behavior::RetentionOf(view, until, &memory), confidence);
        });
      },
      FillMatrixRow);
}

}  // namespace cdp::pg
