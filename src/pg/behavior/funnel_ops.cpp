/// Funnels over one stored timeline.

#include "pg/behavior/prepared_funnel.h"
#include "pg/behavior/ruled_question.h"
#include "pg/timeline/timeline_datum.h"

namespace cdp::pg {
namespace {

using behavior::TimelineFunnel;

constexpr std::size_t kMaxWindows = 64;

/// One funnel and several windows.
struct WindowsQuestion {
  const TimelineFunnel* funnel;
  std::size_t count;
  uint64 micros[kMaxWindows];
};

/// The windows of an argument. May longjmp.
void TakeWindows(ArrayType* windows, WindowsQuestion* question) {
  if (ARR_NDIM(windows) > 1) {
    ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
                    errmsg("windows must be an array of one dimension")));
  }
  const std::span<const Interval> intervals = ElementsOf<Interval>(windows);
  if (intervals.empty() || intervals.size() > kMaxWindows) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("there are %zu windows", intervals.size()),
                    errdetail("There may be 1 to %zu.", kMaxWindows)));
  }
  for (const Interval& window : intervals) {
    question->micros[question->count++] = static_cast<uint64>(SpanMicros(&window, "window"));
  }
}

/// Arguments 1 (steps), 2 (windows) and 3 (mode); make() gives the funnel of the first and
/// the last, with any window. May longjmp: for the first act.
template <class Make>
const WindowsQuestion& WindowsArgument(FunctionCallInfo fcinfo, Make make) {
  using enum ArgumentKind;
  static constexpr ArgumentKind kKinds[] = {kVarlena, kVarlena, kVarlena};
  return *QuestionOf<WindowsQuestion>(fcinfo, 1, kKinds, [fcinfo, make] {
            auto* question = static_cast<WindowsQuestion*>(palloc0(sizeof(WindowsQuestion)));
            TakeWindows(PG_GETARG_ARRAYTYPE_P(2), question);
            question->funnel = make();
            return question;
          }).question;
}

Datum Depths(const varlena* timeline, const WindowsQuestion* question) {
  PG_RETURN_ARRAYTYPE_P(CallCore([question, timeline] {
    ContextResource memory(CurrentMemoryContext);
    ArrayType* array = NewArray(INT4OID, sizeof(int32), question->count, "");
    question->funnel->Depths(ReadTimeline(timeline), {question->micros, question->count}, &memory,
                             reinterpret_cast<int32*>(ARR_DATA_PTR(array)));
    return array;
  }));
}

}  // namespace

CDP_FUNCTION(cdp_window_funnel) {
  const varlena* timeline = TimelineArgument(fcinfo, 0);
  const TimelineFunnel* funnel = TimelineFunnelArgument(fcinfo, 1).question;
  PG_RETURN_INT32(CallCore([funnel, timeline] { return funnel->Depth(ReadTimeline(timeline)); }));
}

CDP_FUNCTION(cdp_funnel_chain) {
  const varlena* timeline = TimelineArgument(fcinfo, 0);
  const TimelineFunnel* funnel = TimelineFunnelArgument(fcinfo, 1).question;
  PG_RETURN_ARRAYTYPE_P(CallCore([funnel, timeline] {
    Micros chain[behavior::kMaxSteps];
    const int depth = funnel->Chain(ReadTimeline(timeline), chain);
    ArrayType* array = NewArray(TIMESTAMPTZOID, sizeof(Micros), static_cast<uint64>(depth), "");
    std::copy(chain, chain + depth, reinterpret_cast<Micros*>(ARR_DATA_PTR(array)));
    return array;
  }));
}

CDP_FUNCTION(cdp_window_funnel_depths) {
  const varlena* timeline = TimelineArgument(fcinfo, 0);
  return Depths(timeline, &WindowsArgument(fcinfo, [fcinfo] {
                  const std::span<const int32> codes = StepCodes(PG_GETARG_ARRAYTYPE_P(1));
                  const text* mode = PG_GETARG_TEXT_PP(3);
                  return CallCore([&] {
                    return new (AllocateIn(CurrentMemoryContext, sizeof(TimelineFunnel)))
                        TimelineFunnel(codes, 0, behavior::ParseFunnelMode(ViewOf(mode)));
                  });
                }));
}

CDP_FUNCTION(cdp_window_funnel_depths_text) {
  const varlena* timeline = TimelineArgument(fcinfo, 0);
  return Depths(
      timeline, &WindowsArgument(fcinfo, [fcinfo] {
        static const Interval kNone = {};
        return MakeRuledFunnel(
                   {.steps = PG_GETARG_TEXT_PP(1), .window = &kNone, .mode = PG_GETARG_TEXT_PP(3)})
            ->without_rules();
      }));
}

}  // namespace cdp::pg
