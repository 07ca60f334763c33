#include "pg/behavior/ruled_question.h"

#include "pg/base/zone.h"

namespace cdp::pg {
namespace {

using behavior::RuledFunnel;

/// What does not parse, as plain data, so that ereport may jump over it.
struct Complaint {
  const text* about = nullptr;
  std::size_t at = 0;
  char message[256] = "";
  char detail[512] = "";
  char hint[256] = "";

  void Note(const text* text_at_fault, const behavior::StepsError& error) {
    about = text_at_fault;
    at = error.at();
    strlcpy(message, error.what(), sizeof(message));
    strlcpy(detail, error.detail().c_str(), sizeof(detail));
    strlcpy(hint, error.hint().c_str(), sizeof(hint));
  }

  /// Raises it, if there is any: the text is shown with a mark at the fault. May longjmp.
  void Raise() const {
    if (about == nullptr) return;
    const char* query = text_to_cstring(about);
    const int position = pg_mbstrlen_with_len(query, static_cast<int>(at)) + 1;
    ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("%s", message),
                    detail[0] != '\0' ? errdetail("%s", detail) : 0,
                    hint[0] != '\0' ? errhint("%s", hint) : 0, internalerrquery(query),
                    internalerrposition(position)));
  }
};

std::string_view ViewOrEmpty(const text* value) {
  return value == nullptr ? std::string_view() : ViewOf(value);
}

/// How many units of a calendar a window has. May longjmp.
int64 UnitsOf(const Interval& window, behavior::CalendarUnit unit) {
  using enum behavior::CalendarUnit;
  const bool whole = unit == kMonth ? window.day == 0 && window.time == 0
                                    : window.month == 0 && window.time == 0 &&
                                          (unit == kDay || window.day % 7 == 0);
  const int64 units = unit == kMonth ? window.month : unit == kDay ? window.day : window.day / 7;
  if (!whole || units < 1) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
             errmsg("window of a funnel does not count units of its calendar"),
             errdetail("With a calendar it is one or more whole days, weeks or months, such as "
                       "\"1 day\", \"2 weeks\" or \"1 month\".")));
  }
  return units;
}

/// May longjmp.
behavior::FunnelWindow WindowOf(const RuledArguments& arguments) {
  if (arguments.calendar == nullptr) {
    return behavior::FunnelWindow(static_cast<uint64>(SpanMicros(arguments.window, "window")));
  }
  const text* calendar = arguments.calendar;
  const auto unit = CallCore([calendar] { return behavior::ParseUnit(ViewOf(calendar)); });
  const int64 units = UnitsOf(*arguments.window, unit);
  return {unit, units, arguments.tz == nullptr ? Zone() : ZoneNamed(arguments.tz)};
}

struct StepWindows {
  std::size_t count = 0;
  uint64 micros[behavior::kMaxSteps];
};

/// May longjmp.
void TakeStepWindows(ArrayType* array, StepWindows* windows) {
  if (array == nullptr) return;
  if (ARR_NDIM(array) > 1) {
    ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
                    errmsg("step windows must be an array of one dimension")));
  }
  Datum* values = nullptr;
  bool* nulls = nullptr;
  int count = 0;
  deconstruct_array(array, INTERVALOID, sizeof(Interval), false, TYPALIGN_DOUBLE, &values, &nulls,
                    &count);
  if (count >= behavior::kMaxSteps) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("there are %d step windows", count),
             errdetail("There is one from each step to the next.")));
  }
  for (int i = 0; i < count; ++i) {
    windows->micros[i] =
        nulls[i] ? behavior::kNoStepWindow
                 : static_cast<uint64>(SpanMicros(DatumGetIntervalP(values[i]), "step window"));
  }
  windows->count = static_cast<std::size_t>(count);
}

/// Whether the text of the steps itself is at fault.
bool StepsAreWrong(std::string_view steps) {
  std::pmr::monotonic_buffer_resource memory;
  behavior::FunnelSteps read(&memory);
  try {
    behavior::ReadSteps(steps, &read);
  } catch (const behavior::StepsError&) {
    return true;
  }
  return false;
}

const text* TextOrNull(FunctionCallInfo fcinfo, int n) {
  return PG_ARGISNULL(n) ? nullptr : PG_GETARG_TEXT_PP(n);
}

/// The fields of a row of type funnel_rules. May longjmp.
void TakeRules(HeapTupleHeader rules, RuledArguments* arguments) {
  bool null = false;
  const auto field = [&null, rules](AttrNumber n) { return GetAttributeByNum(rules, n, &null); };
  const auto text_of = [&](AttrNumber n) -> const text* {
    const Datum value = field(n);
    return null ? nullptr : DatumGetTextPP(value);
  };
  arguments->entry = text_of(1);
  const Datum step_windows = field(2);
  if (!null) arguments->step_windows = DatumGetArrayTypeP(step_windows);
  arguments->exclude = text_of(3);
  const Datum hold = field(4);
  if (!null) arguments->hold = DatumGetInt32(hold);
  arguments->calendar = text_of(5);
  arguments->tz = text_of(6);
}

}  // namespace

RuledFunnel* MakeRuledFunnel(const RuledArguments& arguments) {
  const behavior::FunnelWindow window = WindowOf(arguments);
  StepWindows windows;
  TakeStepWindows(arguments.step_windows, &windows);
  const MemoryContext context = CurrentMemoryContext;
  Complaint complaint;
  auto* funnel = CallCore([&]() -> RuledFunnel* {
    behavior::RuledQuestion question{.steps = ViewOf(arguments.steps), .window = window};
    if (arguments.mode != nullptr) {
      question.mode = behavior::ParseFunnelMode(ViewOf(arguments.mode));
    }
    if (arguments.entry != nullptr) {
      question.entry = behavior::ParseFunnelEntry(ViewOf(arguments.entry));
    }
    question.step_windows = {windows.micros, windows.count};
    question.exclude = ViewOrEmpty(arguments.exclude);
    question.hold = arguments.hold;
    auto* memory = new (AllocateIn(context, sizeof(ContextResource))) ContextResource(context);
    try {
      return new (AllocateIn(context, sizeof(RuledFunnel))) RuledFunnel(question, memory);
    } catch (const behavior::StepsError& error) {
      complaint.Note(StepsAreWrong(question.steps) ? arguments.steps : arguments.exclude, error);
      return nullptr;
    }
  });
  complaint.Raise();
  return funnel;
}

const KeptQuestion<RuledFunnel>& RuledArgument(FunctionCallInfo fcinfo, int first) {
  using enum ArgumentKind;
  static constexpr ArgumentKind kKinds[] = {kVarlena, kInterval, kVarlena, kVarlena, kVarlena,
                                            kVarlena, kByValue,  kVarlena, kVarlena};
  return QuestionOf<RuledFunnel>(fcinfo, first, kKinds, [fcinfo, first] {
    RuledArguments arguments{.steps = PG_GETARG_TEXT_PP(first),
                             .window = PG_GETARG_INTERVAL_P(first + 1)};
    arguments.mode = TextOrNull(fcinfo, first + 2);
    arguments.entry = TextOrNull(fcinfo, first + 3);
    if (!PG_ARGISNULL(first + 4)) arguments.step_windows = PG_GETARG_ARRAYTYPE_P(first + 4);
    arguments.exclude = TextOrNull(fcinfo, first + 5);
    if (!PG_ARGISNULL(first + 6)) arguments.hold = PG_GETARG_INT32(first + 6);
    arguments.calendar = TextOrNull(fcinfo, first + 7);
    arguments.tz = TextOrNull(fcinfo, first + 8);
    return MakeRuledFunnel(arguments);
  });
}

const KeptQuestion<RuledFunnel>& PackedRuledArgument(FunctionCallInfo fcinfo, int first) {
  using enum ArgumentKind;
  static constexpr ArgumentKind kKinds[] = {kVarlena, kInterval, kVarlena, kVarlena};
  const auto given = static_cast<std::size_t>(PG_NARGS() - first);
  return QuestionOf<RuledFunnel>(
      fcinfo, first, std::span(kKinds).first(given), [fcinfo, first, given] {
        RuledArguments arguments{.steps = PG_GETARG_TEXT_PP(first),
                                 .window = PG_GETARG_INTERVAL_P(first + 1)};
        if (given > 2) arguments.mode = PG_GETARG_TEXT_PP(first + 2);
        if (given > 3 && !PG_ARGISNULL(first + 3)) {
          TakeRules(PG_GETARG_HEAPTUPLEHEADER(first + 3), &arguments);
        }
        return MakeRuledFunnel(arguments);
      });
}

Datum NumberedSteps(const text* steps, behavior::StepNames* names) {
  Complaint complaint;
  const varlena* numbered = CallCore([&]() -> const varlena* {
    try {
      const std::string text = behavior::NumberSteps(ViewOf(steps), names);
      return NewVarlena(std::as_bytes(std::span(text)));
    } catch (const behavior::StepsError& error) {
      complaint.Note(steps, error);
      return nullptr;
    }
  });
  complaint.Raise();
  return PointerGetDatum(numbered);
}

}  // namespace cdp::pg
