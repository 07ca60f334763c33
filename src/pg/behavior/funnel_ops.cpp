/// Funnels over one stored timeline.

#include "pg/behavior/prepared_funnel.h"

namespace cdp::pg {

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

}  // namespace cdp::pg
