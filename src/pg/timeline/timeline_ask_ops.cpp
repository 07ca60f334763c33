/// What is asked of one timeline: counts, times, sums, days, codes.

#include "core/timeline/timeline_ask.h"
#include "pg/base/zone.h"
#include "pg/timeline/timeline_datum.h"

namespace cdp::pg {
namespace {

using timeline::CodeSet;
using timeline::View;

/// The timeline and the codes of a call; what is SQL null says so.
struct Question {
  FunctionCallInfo fcinfo;
  bool all_codes;
  std::span<const int32> codes;
};

/// Argument n of a function; null stands for all codes. May longjmp.
Question TakeCodes(FunctionCallInfo fcinfo, int n = 1) {
  if (PG_ARGISNULL(n)) return {fcinfo, true, {}};
  ArrayType* array = PG_GETARG_ARRAYTYPE_P(n);
  if (ARR_NDIM(array) > 1) {
    ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
                    errmsg("codes must be an array of one dimension")));
  }
  return {fcinfo, false, ElementsOf<int32>(array)};
}

/// Runs ask(view, codes) inside CallCore; its answer, or `none` without fetching a value stored out
/// of line whose header shows that no event has one of the codes. May longjmp.
template <class Answer, class Ask>
Answer AskEvents(const Question& question, Answer none, Ask ask) {
  if (!question.all_codes && VARATT_IS_EXTERNAL(DatumGetPointer(question.fcinfo->args[0].value))) {
    const varlena* beginning = HeaderArgument(question.fcinfo, 0);
    const bool possible = CallCore([&] {
      ContextResource memory(CurrentMemoryContext);
      return CodeSet(question.codes, &memory).MayMeet(ReadTimelineHeader(beginning).code_bits);
    });
    if (!possible) return none;
  }
  const varlena* value = TimelineArgument(question.fcinfo, 0);
  return CallCore([&] {
    ContextResource memory(CurrentMemoryContext);
    const View view = ReadTimeline(value);
    if (question.all_codes) return ask(view, nullptr);
    const CodeSet codes(question.codes, &memory);
    return ask(view, &codes);
  });
}

/// An answer that may be none, as plain data.
struct Found {
  bool found;
  std::int64_t value;
};
Found FoundIn(const std::optional<std::int64_t>& answer) {
  return {answer.has_value(), answer.value_or(0)};
}

/// The time of an event that the header tells when all codes are asked for.
template <class Ask>
Datum TimeOf(FunctionCallInfo fcinfo, Micros timeline::ImageHeader::*from_header, Ask ask) {
  if (PG_ARGISNULL(0)) PG_RETURN_NULL();
  const Question question = TakeCodes(fcinfo);
  Found found;
  if (question.all_codes) {
    const varlena* beginning = HeaderArgument(fcinfo, 0);
    found = CallCore([beginning, from_header] {
      const timeline::ImageHeader header = ReadTimelineHeader(beginning);
      return Found{header.count != 0, header.*from_header};
    });
  } else {
    found = AskEvents(question, Found{}, [ask](const View& view, const CodeSet* codes) {
      return FoundIn(ask(view, codes));
    });
  }
  if (!found.found) PG_RETURN_NULL();
  PG_RETURN_TIMESTAMPTZ(found.value);
}

/// A count in the calendar of the time zone that argument 2 names.
template <class Ask>
Datum CalendarCount(FunctionCallInfo fcinfo, Ask ask) {
  if (PG_ARGISNULL(0) || PG_ARGISNULL(2)) PG_RETURN_NULL();
  const Question question = TakeCodes(fcinfo);
  Zone* zone = ZoneArgument(fcinfo, 2);
  PG_RETURN_INT32(AskEvents(question, 0, [ask, zone](const View& view, const CodeSet* codes) {
    return static_cast<int32>(ask(view, codes, zone, {}));
  }));
}

}  // namespace

CDP_FUNCTION(cdp_timeline_count) {
  if (PG_ARGISNULL(0)) PG_RETURN_NULL();
  const Question question = TakeCodes(fcinfo);
  if (question.all_codes) {
    const varlena* beginning = HeaderArgument(fcinfo, 0);
    PG_RETURN_INT64(
        CallCore([beginning] { return static_cast<int64>(ReadTimelineHeader(beginning).count); }));
  }
  PG_RETURN_INT64(AskEvents(question, int64{0}, [](const View& view, const CodeSet* codes) {
    return static_cast<int64>(timeline::CountOf(view, codes));
  }));
}

CDP_FUNCTION(cdp_timeline_first) {
  return TimeOf(fcinfo, &timeline::ImageHeader::first, timeline::FirstOf);
}

CDP_FUNCTION(cdp_timeline_last) {
  return TimeOf(fcinfo, &timeline::ImageHeader::last, timeline::LastOf);
}

CDP_FUNCTION(cdp_timeline_sum) {
  if (PG_ARGISNULL(0)) PG_RETURN_NULL();
  const Question question = TakeCodes(fcinfo);
  const Found sum = AskEvents(question, Found{}, [](const View& view, const CodeSet* codes) {
    return FoundIn(timeline::SumOf(view, codes));
  });
  if (!sum.found) PG_RETURN_NULL();
  PG_RETURN_INT64(sum.value);
}

CDP_FUNCTION(cdp_timeline_days) { return CalendarCount(fcinfo, timeline::DaysOf); }

CDP_FUNCTION(cdp_timeline_hours) { return CalendarCount(fcinfo, timeline::HoursOf); }

CDP_FUNCTION(cdp_timeline_codes) {
  const varlena* value = TimelineArgument(fcinfo, 0);
  PG_RETURN_POINTER(CallCore([value] {
    ContextResource memory(CurrentMemoryContext);
    const auto codes = timeline::CodesOf(ReadTimeline(value), &memory);
    ArrayType* array = NewArray(INT4OID, sizeof(int32), codes.size(), "");
    if (!codes.empty()) {
      std::memcpy(ARR_DATA_PTR(array), codes.data(), codes.size() * sizeof(int32));
    }
    return array;
  }));
}

CDP_FUNCTION(cdp_timeline_first_property) {
  if (PG_ARGISNULL(0) || PG_ARGISNULL(1)) PG_RETURN_NULL();
  const int32 which = PG_GETARG_INT32(1);
  if (which < 1 || which > timeline::kMaxProperties) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("events have no property %d", which),
             errdetail("Properties are numbered from 1 to %d.", timeline::kMaxProperties)));
  }
  const Question question = TakeCodes(fcinfo, 2);
  const Found found =
      AskEvents(question, Found{}, [which](const View& view, const CodeSet* codes) {
        const auto first = timeline::FirstIndexOf(view, codes);
        if (!first) return Found{};
        return FoundIn(timeline::PropertyColumn(view, which).At(*first));
      });
  if (!found.found) PG_RETURN_NULL();
  PG_RETURN_INT32(static_cast<int32>(found.value));
}

}  // namespace cdp::pg
