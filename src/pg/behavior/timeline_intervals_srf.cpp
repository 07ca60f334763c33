/// timeline_intervals, intervals_agg and what reads its answer.

#include "core/behavior/timeline_intervals.h"
#include "pg/behavior/timeline_rows.h"
#include "pg/behavior/timeline_source.h"

namespace cdp::pg {
namespace {

using behavior::EventInterval;
using behavior::IntervalBin;
using behavior::IntervalCounts;
using behavior::IntervalQuestion;
using behavior::TallyKind;

/// What is given for bins that nobody asks for otherwise.
constexpr std::uint64_t kBins[] = {0,
                                   USECS_PER_MINUTE,
                                   10 * USECS_PER_MINUTE,
                                   USECS_PER_HOUR,
                                   6 * USECS_PER_HOUR,
                                   USECS_PER_DAY,
                                   3 * USECS_PER_DAY,
                                   7 * USECS_PER_DAY,
                                   30 * USECS_PER_DAY};

/// The edges of an argument, kBins for null, in the current context. May longjmp.
std::span<const std::uint64_t> BinsArgument(FunctionCallInfo fcinfo, int n) {
  if (PG_ARGISNULL(n)) return kBins;
  ArrayType* array = PG_GETARG_ARRAYTYPE_P(n);
  if (ARR_NDIM(array) > 1) {
    ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
                    errmsg("bins must be an array of one dimension")));
  }
  const auto bins = ElementsOf<Interval>(array);
  auto* edges = static_cast<std::uint64_t*>(palloc(bins.size() * sizeof(std::uint64_t) + 1));
  for (std::size_t i = 0; i < bins.size(); ++i) {
    edges[i] = static_cast<std::uint64_t>(SpanMicros(&bins[i], "bin"));
  }
  return {edges, bins.size()};
}

/// Arguments `first` on: codes from, codes to, longest and, unless it is the short form, pairing,
/// the property held and, where there are any, bins. May longjmp: for the first act.
const KeptQuestion<IntervalQuestion>& IntervalsArgument(FunctionCallInfo fcinfo, int first) {
  using enum ArgumentKind;
  static constexpr ArgumentKind kKinds[] = {kVarlena, kVarlena, kInterval,
                                            kVarlena, kByValue, kVarlena};
  const auto given = static_cast<std::size_t>(PG_NARGS() - first);
  return QuestionOf<IntervalQuestion>(
      fcinfo, first, std::span(kKinds).first(given), [fcinfo, first, given] {
        IntervalQuestion question{.from = CodesOrNull(fcinfo, first),
                                  .to = CodesOrNull(fcinfo, first + 1),
                                  .edges = kBins};
        if (!fcinfo->args[first + 2].isnull) {
          question.longest = SpanArgument(fcinfo, first + 2, "longest interval");
        }
        const text* pairing = nullptr;
        if (given > 3) {
          RequireArgument(fcinfo, first + 3, "pairing");
          RequireArgument(fcinfo, first + 4, "property");
          pairing = DatumGetTextPP(fcinfo->args[first + 3].value);
          question.held = DatumGetInt32(fcinfo->args[first + 4].value);
        }
        if (given > 5) question.edges = BinsArgument(fcinfo, first + 5);
        return CallCore([&question, pairing] {
          if (pairing != nullptr) question.pairing = behavior::ParsePairing(ViewOf(pairing));
          behavior::CheckIntervals(question);
          return new (AllocateIn(CurrentMemoryContext, sizeof(question)))
              IntervalQuestion(question);
        });
      });
}

/// The tally in argument 0; for use inside CallCore.
IntervalCounts CountsOf(std::span<const std::byte> bytes, std::pmr::memory_resource* memory) {
  return IntervalCounts(
      ReadTally(bytes, TallyKind::kIntervals, behavior::kIntervalParts, false, "intervals"),
      memory);
}

template <class Source>
Datum Transition(FunctionCallInfo fcinfo, const char* function) {
  RequireAggregate(fcinfo, function);
  const auto& kept = IntervalsArgument(fcinfo, 2);
  const behavior::TallyShape shape{TallyKind::kIntervals, behavior::kIntervalParts, false,
                                   kept.hash};
  return CountTimelines<Source>(
      fcinfo, shape, [&kept](const auto& view, behavior::TallyTable* tally, auto* memory) {
        behavior::CountIntervals(view, *kept.question, tally, memory);
      });
}

}  // namespace

CDP_FUNCTION(cdp_timeline_intervals) {
  return ReturnRows<2>(
      fcinfo,
      [fcinfo] {
        return AnswerOnce(fcinfo, IntervalsArgument,
                          [](const auto& view, const IntervalQuestion* question, auto* memory) {
                            return ListOf(behavior::IntervalsOf(view, *question, memory));
                          });
      },
      [](const EventInterval& interval, Datum* values, bool*) {
        values[0] = TimestampTzGetDatum(interval.from);
        values[1] = TimestampTzGetDatum(interval.to);
      });
}

CDP_FUNCTION(cdp__intervals_trans) { return Transition<OneTimeline>(fcinfo, "_intervals_trans"); }
CDP_FUNCTION(cdp__intervals_page_trans) {
  return Transition<TimelinePage>(fcinfo, "_intervals_page_trans");
}

CDP_FUNCTION(cdp_intervals) {
  return ReturnRows<4>(
      fcinfo,
      [fcinfo] {
        const auto bytes = TallyBytes(PG_GETARG_DATUM(0));
        return CallCore([=] {
          ContextResource memory(CurrentMemoryContext);
          return ListOf(CountsOf(bytes, &memory).Bins(&memory));
        });
      },
      [](const IntervalBin& bin, Datum* values, bool* nulls) {
        values[0] = IntervalOf(bin.from);
        nulls[1] = !bin.to;
        if (bin.to) values[1] = IntervalOf(*bin.to);
        values[2] = Int64GetDatum(bin.count);
        values[3] = Float8GetDatum(static_cast<double>(bin.count) / static_cast<double>(bin.all));
      });
}

CDP_FUNCTION(cdp_intervals_quantile) {
  const double share = PG_GETARG_FLOAT8(1);
  if (!(share >= 0 && share <= 1)) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("quantile must be between 0 and 1")));
  }
  const auto bytes = TallyBytes(PG_GETARG_DATUM(0));
  bool known = false;
  std::uint64_t micros = 0;
  CallCore([&] {
    ContextResource memory(CurrentMemoryContext);
    const auto found = CountsOf(bytes, &memory).Quantile(share);
    known = found.has_value();
    micros = found.value_or(0);
  });
  if (!known) PG_RETURN_NULL();
  return IntervalOf(micros);
}

}  // namespace cdp::pg
