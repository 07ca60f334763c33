/// Whom a rule means in one chunk of people.

#include "pg/audience/chunk_source.h"
#include "pg/audience/rule_datum.h"
#include "pg/base/row_set.h"
#include "pg/base/zone.h"
#include "pg/bitmap/bitmap_datum.h"

namespace cdp::pg {
namespace {

LookUp time_zone_of_business = {"SELECT m.value FROM cdp.meta AS m WHERE m.key = 'time_zone'",
                                {{"text"}}};

struct AskedRule {
  std::string_view utf8;
  RuleQuestion question;
};

struct NumberedFigure {
  std::int32_t node;  ///< in the order of TreeOf, from 1
  audience::NodeFigure figure;
};

/// The name of the time zone in which days are. Between BeginLookUps and EndLookUps. May longjmp,
/// as the next.
const text* TimeZoneOfBusiness() {
  FoundRows zone{};
  if (HasManagedTable("meta")) zone = FindRows(&time_zone_of_business, {});
  if (zone.count == 0) {
    ereport(ERROR,
            (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
             errmsg("pg_cdp is not set up in this database"), errhint("Run SELECT cdp.setup();")));
  }
  return DatumGetTextPP(zone.Get(0, 0));
}

/// The arguments of a function (rule, chunk, now, tops).
AskedRule ArgumentsOf(FunctionCallInfo fcinfo) {
  if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                    errmsg("rule, chunk and time of an evaluation cannot be null")));
  }
  AskedRule asked{};
  asked.utf8 = Utf8Of(RuleText(fcinfo, 0));
  RuleQuestion& question = asked.question;
  question.chunk = ChunkArgument(fcinfo, 1);
  question.now = PG_GETARG_TIMESTAMPTZ(2);
  const text* zone = TimeZoneOfBusiness();
  if (TIMESTAMP_NOT_FINITE(question.now)) {
    ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
                    errmsg("a rule cannot be asked at an infinite time")));
  }
  question.zone = ZoneNamed(zone);
  question.today = question.zone.DayOf(question.now);
  if (!PG_ARGISNULL(3)) {
    ArrayType* array = PG_GETARG_ARRAYTYPE_P(3);
    if (array_contains_nulls(array)) {
      ereport(ERROR,
              (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("array must not contain nulls")));
    }
    Datum* elements = nullptr;
    int count = 0;
    deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_INT, &elements, nullptr,
                      &count);
    auto* tops = static_cast<bitmap::Bytes*>(palloc(count * sizeof(bitmap::Bytes) + 1));
    for (int i = 0; i < count; ++i) tops[i] = BitmapBytes(elements[i]);
    question.tops = {tops, static_cast<std::size_t>(count)};
  }
  return asked;
}

/// What `answer(evaluator)` says of the rule that is asked, with memory of the caller's current.
template <class Answer>
auto Evaluate(FunctionCallInfo fcinfo, Answer answer) {
  const MemoryContext caller = CurrentMemoryContext;
  BeginLookUps();
  const AskedRule asked = ArgumentsOf(fcinfo);
  const auto result = CallCore([&] {
    ContextResource memory(CurrentMemoryContext);
    const audience::Node rule = audience::ParseRule(asked.utf8);
    ChunkSource source(rule, asked.question, &memory);
    audience::Evaluator evaluator(rule, &source, asked.question.today, &memory);
    return answer(&evaluator, caller);
  });
  EndLookUps();
  return result;
}

}  // namespace

CDP_FUNCTION(cdp__rule_people) {
  return PointerGetDatum(Evaluate(fcinfo, [](audience::Evaluator* evaluator, MemoryContext caller) {
    const bsi::IdSet people = evaluator->Run();
    const ContextScope scope(caller);
    return NewVarlena(people.bytes());
  }));
}

CDP_FUNCTION(cdp__rule_figures) {
  return ReturnRows<3>(
      fcinfo,
      [fcinfo] {
        return Evaluate(fcinfo, [](audience::Evaluator* evaluator, MemoryContext caller) {
          const auto figures = evaluator->Figures();
          const ContextScope scope(caller);
          auto* rows = static_cast<NumberedFigure*>(
              AllocateIn(caller, figures.size() * sizeof(NumberedFigure)));
          for (std::size_t i = 0; i < figures.size(); ++i) {
            rows[i] = {static_cast<std::int32_t>(i + 1), figures[i]};
          }
          return RowList<NumberedFigure>{rows, figures.size()};
        });
      },
      [](const NumberedFigure& row, Datum* values, bool*) {
        values[0] = Int32GetDatum(row.node);
        values[1] = Int64GetDatum(static_cast<std::int64_t>(row.figure.people));
        values[2] = Float8GetDatum(row.figure.ms);
      });
}

}  // namespace cdp::pg
