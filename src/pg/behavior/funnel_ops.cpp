/// window_funnel over a stored timeline.

#include "core/behavior/timeline_funnel.h"
#include "pg/base/datum.h"
#include "pg/timeline/timeline_datum.h"

namespace cdp::pg {
namespace {

/// The arguments of the last call of this expression and the funnel made of them: in a query they
/// hardly ever change from row to row.
struct PreparedFunnel {
  behavior::TimelineFunnel funnel;
  ArrayType* steps;
  Interval window;
  text* mode;

  bool MadeOf(const ArrayType* other_steps, const Interval& other_window,
              const text* other_mode) const {
    return Same(steps, other_steps) && Same(mode, other_mode) &&
           window.month == other_window.month && window.day == other_window.day &&
           window.time == other_window.time;
  }

  static bool Same(const void* a, const void* b) {
    return VARSIZE_ANY(a) == VARSIZE_ANY(b) && std::memcmp(a, b, VARSIZE_ANY(a)) == 0;
  }
};

template <class Value>
Value* Copy(MemoryContext context, const Value* value) {
  auto* copy = static_cast<Value*>(AllocateIn(context, VARSIZE_ANY(value)));
  std::memcpy(copy, value, VARSIZE_ANY(value));
  return copy;
}

/// Makes the funnel of the arguments and leaves it where the next call finds it. May longjmp.
PreparedFunnel* Prepare(FmgrInfo* flinfo, ArrayType* steps, const Interval& window,
                        const text* mode) {
  if (ARR_NDIM(steps) > 1) {
    ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
                    errmsg("steps must be an array of one dimension")));
  }
  const std::span<const int32> codes = ElementsOf<int32>(steps);
  const auto micros = static_cast<uint64>(SpanMicros(&window, "window"));
  const MemoryContext context = flinfo->fn_mcxt;
  auto* old = static_cast<PreparedFunnel*>(flinfo->fn_extra);
  auto* made = CallCore([&] {
    const behavior::TimelineFunnel funnel(codes, micros, behavior::ParseFunnelMode(ViewOf(mode)));
    return new (AllocateIn(context, sizeof(PreparedFunnel)))
        PreparedFunnel{funnel, Copy(context, steps), window, Copy(context, mode)};
  });
  flinfo->fn_extra = made;
  if (old != nullptr) {
    pfree(old->steps);
    pfree(old->mode);
    pfree(old);
  }
  return made;
}

}  // namespace

CDP_FUNCTION(cdp_window_funnel) {
  const varlena* timeline = TimelineArgument(fcinfo, 0);
  ArrayType* steps = PG_GETARG_ARRAYTYPE_P(1);
  const Interval* window = PG_GETARG_INTERVAL_P(2);
  const text* mode = PG_GETARG_TEXT_PP(3);
  auto* prepared = static_cast<PreparedFunnel*>(fcinfo->flinfo->fn_extra);
  if (prepared == nullptr || !prepared->MadeOf(steps, *window, mode)) {
    prepared = Prepare(fcinfo->flinfo, steps, *window, mode);
  }
  PG_RETURN_INT32(
      CallCore([prepared, timeline] { return prepared->funnel.Depth(ReadTimeline(timeline)); }));
}

}  // namespace cdp::pg
