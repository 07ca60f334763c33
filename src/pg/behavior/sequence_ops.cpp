/// sequence_match, sequence_count and sequence_match_events over one timeline.

#include "core/behavior/timeline_sequence.h"
#include "pg/behavior/pattern_argument.h"
#include "pg/behavior/timeline_question.h"
#include "pg/timeline/timeline_datum.h"

namespace cdp::pg {
namespace {

using behavior::CodeMasks;
using behavior::TimelineSequence;

/// An argument with the codes of each condition, taken apart.
struct ConditionCodes {
  int conditions;
  int width;  ///< places for codes of one condition
  Datum* codes;
  bool* nulls;
};

/// May longjmp.
ConditionCodes ConditionCodesOf(ArrayType* array) {
  const int dimensions = ARR_NDIM(array);
  const int conditions = dimensions == 0 ? 0 : ARR_DIMS(array)[0];
  if (dimensions > 2) {
    ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
                    errmsg("codes must be an array of one or two dimensions")));
  }
  if (conditions < 1 || conditions > 64) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("there are %d conditions", conditions),
                    errdetail("A sequence has 1 to 64 conditions, each an event code or a row of "
                              "them.")));
  }
  // Nulls fill up rows; alone in its place one is a mistake.
  if (dimensions == 1 && array_contains_nulls(array)) {
    ereport(ERROR,
            (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("event code must not be null")));
  }
  ConditionCodes taken{conditions, dimensions == 1 ? 1 : ARR_DIMS(array)[1], nullptr, nullptr};
  int count;
  deconstruct_array(array, INT4OID, sizeof(int32), true, TYPALIGN_INT, &taken.codes, &taken.nulls,
                    &count);
  return taken;
}

/// Arguments 1 (pattern) and 2 (codes). May longjmp: for the first act.
const TimelineSequence& SequenceOf(FunctionCallInfo fcinfo) {
  using enum ArgumentKind;
  static constexpr ArgumentKind kKinds[] = {kVarlena, kVarlena};
  const auto& kept = QuestionOf<TimelineSequence>(fcinfo, 1, kKinds, [fcinfo] {
    const text* pattern = DatumGetTextPP(fcinfo->args[1].value);
    const ConditionCodes taken = ConditionCodesOf(DatumGetArrayTypeP(fcinfo->args[2].value));
    RequirePattern(pattern, taken.conditions);
    return CallCore([&taken, pattern] {
      const MemoryContext context = CurrentMemoryContext;
      auto* memory = new (AllocateIn(context, sizeof(ContextResource))) ContextResource(context);
      CodeMasks codes(memory);
      for (int i = 0; i < taken.conditions * taken.width; ++i) {
        if (!taken.nulls[i]) codes.Add(DatumGetInt32(taken.codes[i]), i / taken.width);
      }
      return new (AllocateIn(context, sizeof(TimelineSequence)))
          TimelineSequence(ViewOf(pattern), taken.conditions, std::move(codes), memory);
    });
  });
  return *kept.question;
}

std::int64_t CountUpTo(FunctionCallInfo fcinfo, std::int64_t limit) {
  const TimelineSequence* sequence = &SequenceOf(fcinfo);
  const varlena* value = TimelineArgument(fcinfo, 0);
  return CallCore([=] {
    ContextResource memory(CurrentMemoryContext);
    return sequence->Count(ReadTimeline(value), limit, &memory);
  });
}

}  // namespace

CDP_FUNCTION(cdp_sequence_match) { PG_RETURN_BOOL(CountUpTo(fcinfo, 1) > 0); }

CDP_FUNCTION(cdp_sequence_count) { PG_RETURN_INT64(CountUpTo(fcinfo, PG_INT64_MAX)); }

CDP_FUNCTION(cdp_sequence_match_events) {
  const TimelineSequence* sequence = &SequenceOf(fcinfo);
  const varlena* value = TimelineArgument(fcinfo, 0);
  PG_RETURN_ARRAYTYPE_P(CallCore([=] {
    ContextResource memory(CurrentMemoryContext);
    const auto chain = sequence->FirstMatch(ReadTimeline(value), &memory);
    ArrayType* array = NewArray(TIMESTAMPTZOID, sizeof(Micros), chain.size(), "");
    std::copy(chain.begin(), chain.end(), reinterpret_cast<Micros*>(ARR_DATA_PTR(array)));
    return array;
  }));
}

}  // namespace cdp::pg
