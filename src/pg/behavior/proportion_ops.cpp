/// Statistics on counts and means: ab_wilson, ab_proportions, ab_exact, ab_p, ab_adjust, ab_srm,
/// ab_means.

#include "core/behavior/significance.h"

#include "pg/base/datum.h"
#include "pg/base/row_set.h"

namespace cdp::pg {
namespace {

using behavior::Correction;
using behavior::Proportion;
using behavior::Sample;

/// What the core found, as plain data that a jump may pass over.
template <class Answer>
struct Found {
  bool is_found;
  Answer answer;
};

template <class Ask>
auto AskCore(Ask ask) {
  using Answer = typename decltype(ask())::value_type;
  return CallCore([&]() -> Found<Answer> {
    const auto answer = ask();
    return answer.has_value() ? Found<Answer>{true, *answer} : Found<Answer>{};
  });
}

/// The function's one row; every column is null unless `is_found`.
template <std::size_t kColumns>
Datum Row(FunctionCallInfo fcinfo, bool is_found, Datum (&values)[kColumns]) {
  bool nulls[kColumns];
  for (bool& null : nulls) null = !is_found;
  return HeapTupleGetDatum(heap_form_tuple(RowShape(fcinfo), values, nulls));
}

Proportion ProportionArgument(FunctionCallInfo fcinfo, int n) {
  return {PG_GETARG_INT64(n), PG_GETARG_INT64(n + 1)};
}

// The p of a test of two rates; null where there is nothing to test.
Datum PValue(FunctionCallInfo fcinfo,
             std::optional<double> test(const Proportion&, const Proportion&)) {
  const Proportion a = ProportionArgument(fcinfo, 0);
  const Proportion b = ProportionArgument(fcinfo, 2);
  const auto found = AskCore([=] { return test(a, b); });
  if (!found.is_found) PG_RETURN_NULL();
  PG_RETURN_FLOAT8(found.answer);
}

Correction CorrectionNamed(std::string_view word) {
  if (word == "holm") return Correction::kHolm;
  if (word == "hochberg") return Correction::kHochberg;
  throw Error(ErrorCode::kInvalidArgument,
              "correction \"" + std::string(word) + "\" does not exist", {},
              "It is holm or hochberg.");
}

Sample SampleArgument(FunctionCallInfo fcinfo, int n) {
  return {PG_GETARG_INT64(n), PG_GETARG_FLOAT8(n + 1), PG_GETARG_FLOAT8(n + 2)};
}

}  // namespace

CDP_FUNCTION(cdp_ab_wilson) {
  const Proportion proportion = ProportionArgument(fcinfo, 0);
  const double confidence = PG_GETARG_FLOAT8(2);
  const auto found = AskCore([=] { return behavior::Wilson(proportion, confidence); });
  Datum values[] = {Float8GetDatum(found.answer.low), Float8GetDatum(found.answer.high)};
  return Row(fcinfo, found.is_found, values);
}

CDP_FUNCTION(cdp_ab_proportions) {
  const Proportion a = ProportionArgument(fcinfo, 0);
  const Proportion b = ProportionArgument(fcinfo, 2);
  const double confidence = PG_GETARG_FLOAT8(4);
  const auto found = AskCore([=] { return behavior::Compare(a, b, confidence); });
  const auto& [diff, interval, z, p] = found.answer;
  Datum values[] = {found.is_found ? Float8GetDatum(a.rate()) : 0,
                    found.is_found ? Float8GetDatum(b.rate()) : 0,
                    Float8GetDatum(diff),
                    Float8GetDatum(interval.low),
                    Float8GetDatum(interval.high),
                    Float8GetDatum(z),
                    Float8GetDatum(p)};
  return Row(fcinfo, found.is_found, values);
}

CDP_FUNCTION(cdp_ab_exact) { return PValue(fcinfo, behavior::FisherP); }
CDP_FUNCTION(cdp_ab_p) { return PValue(fcinfo, behavior::DifferenceP); }

CDP_FUNCTION(cdp_ab_adjust) {
  const auto given = ElementsOf<double>(PG_GETARG_ARRAYTYPE_P(0));
  const std::string_view word = ViewOf(PG_GETARG_TEXT_PP(1));
  PG_RETURN_POINTER(CallCore([=] {
    ContextResource memory(CurrentMemoryContext);
    const Correction correction = CorrectionNamed(word);
    ArrayType* result = NewArray(FLOAT8OID, sizeof(double), given.size(), "Give fewer values.");
    const std::span<double> adjusted(reinterpret_cast<double*>(ARR_DATA_PTR(result)), given.size());
    std::copy(given.begin(), given.end(), adjusted.begin());
    behavior::AdjustP(adjusted, correction, &memory);
    return result;
  }));
}

CDP_FUNCTION(cdp_ab_srm) {
  if (PG_ARGISNULL(0)) {
    Datum nothing[3] = {};
    return Row(fcinfo, false, nothing);
  }
  const auto counts = ElementsOf<std::int64_t>(PG_GETARG_ARRAYTYPE_P(0));
  const auto weights =
      PG_ARGISNULL(1) ? std::span<const double>() : ElementsOf<double>(PG_GETARG_ARRAYTYPE_P(1));
  if (!PG_ARGISNULL(1) && weights.empty()) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("there are no weights"),
                    errhint("Leave them out for arms of equal size.")));
  }
  const auto found = AskCore([=] { return behavior::SampleRatioMismatch(counts, weights); });
  Datum values[] = {Float8GetDatum(found.answer.chi_square), Int32GetDatum(found.answer.degrees),
                    Float8GetDatum(found.answer.p)};
  return Row(fcinfo, found.is_found, values);
}

CDP_FUNCTION(cdp_ab_means) {
  const Sample a = SampleArgument(fcinfo, 0);
  const Sample b = SampleArgument(fcinfo, 3);
  const double confidence = PG_GETARG_FLOAT8(6);
  const auto found = AskCore([=] { return behavior::Welch(a, b, confidence); });
  const auto& [diff, interval, t, degrees, p] = found.answer;
  Datum values[] = {Float8GetDatum(diff),          Float8GetDatum(interval.low),
                    Float8GetDatum(interval.high), Float8GetDatum(t),
                    Float8GetDatum(degrees),       Float8GetDatum(p)};
  return Row(fcinfo, found.is_found, values);
}

}  // namespace cdp::pg
