/// Funnels over one stored timeline.

#include "pg/behavior/prepared_funnel.h"

namespace cdp::pg {
namespace {

constexpr std::size_t kMaxWindows = 64;

/// As PreparedFunnel, for several windows.
struct PreparedWindows {
  behavior::TimelineFunnel funnel;
  ArrayType* steps;
  ArrayType* windows;
  text* mode;
  std::size_t count;
  uint64 micros[kMaxWindows];
};

/// The windows of an argument, in microseconds; returns how many. May longjmp.
std::size_t TakeWindows(ArrayType* windows, uint64* micros) {
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
    *micros++ = static_cast<uint64>(SpanMicros(&window, "window"));
  }
  return intervals.size();
}

/// Leaves what it makes where the next call finds it. May longjmp.
PreparedWindows* PrepareWindows(FmgrInfo* site, ArrayType* steps, ArrayType* windows,
                                const text* mode) {
  const std::span<const int32> codes = StepCodes(steps);
  uint64 micros[kMaxWindows];
  const std::size_t count = TakeWindows(windows, micros);
  const MemoryContext context = site->fn_mcxt;
  auto* old = static_cast<PreparedWindows*>(site->fn_extra);
  auto* made = CallCore([&] {
    const behavior::TimelineFunnel funnel(codes, micros[0],
                                          behavior::ParseFunnelMode(ViewOf(mode)));
    auto* prepared = new (AllocateIn(context, sizeof(PreparedWindows)))
        PreparedWindows{funnel,
                        CopyValue(context, steps),
                        CopyValue(context, windows),
                        CopyValue(context, mode),
                        count,
                        {}};
    std::copy(micros, micros + count, prepared->micros);
    return prepared;
  });
  site->fn_extra = made;
  if (old != nullptr) {
    pfree(old->steps);
    pfree(old->windows);
    pfree(old->mode);
    pfree(old);
  }
  return made;
}

}  // namespace

CDP_FUNCTION(cdp_window_funnel) {
  const varlena* timeline = TimelineArgument(fcinfo, 0);
  const behavior::TimelineFunnel* funnel = &PreparedFunnel::Of(fcinfo, 1);
  PG_RETURN_INT32(CallCore([funnel, timeline] { return funnel->Depth(ReadTimeline(timeline)); }));
}

CDP_FUNCTION(cdp_funnel_chain) {
  const varlena* timeline = TimelineArgument(fcinfo, 0);
  const behavior::TimelineFunnel* funnel = &PreparedFunnel::Of(fcinfo, 1);
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
  ArrayType* steps = PG_GETARG_ARRAYTYPE_P(1);
  ArrayType* windows = PG_GETARG_ARRAYTYPE_P(2);
  const text* mode = PG_GETARG_TEXT_PP(3);
  auto* prepared = static_cast<PreparedWindows*>(fcinfo->flinfo->fn_extra);
  if (prepared == nullptr || !SameValue(prepared->steps, steps) ||
      !SameValue(prepared->windows, windows) || !SameValue(prepared->mode, mode)) {
    prepared = PrepareWindows(fcinfo->flinfo, steps, windows, mode);
  }
  PG_RETURN_ARRAYTYPE_P(CallCore([prepared, timeline] {
    ContextResource memory(CurrentMemoryContext);
    ArrayType* array = NewArray(INT4OID, sizeof(int32), prepared->count, "");
    prepared->funnel.Depths(ReadTimeline(timeline), {prepared->micros, prepared->count}, &memory,
                            reinterpret_cast<int32*>(ARR_DATA_PTR(array)));
    return array;
  }));
}

}  // namespace cdp::pg
