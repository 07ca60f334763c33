/// Text and binary forms of window_funnel_state.

#include "core/behavior/funnel_state.h"
#include "pg/base/state_io.h"

namespace cdp::pg {
namespace {

struct Form {
  static std::size_t Size(std::span<const std::byte> bytes) {
    return sizeof(behavior::FunnelStateHeader) + behavior::ReadFunnelState(bytes).hits.size();
  }
  static void Check(std::span<const std::byte> bytes, ErrorCode code) {
    behavior::CheckFunnelState(bytes, code);
  }
};

}  // namespace

CDP_FUNCTION(cdp_window_funnel_state_in) { return StateIn<Form>(fcinfo); }
CDP_FUNCTION(cdp_window_funnel_state_out) { return StateOut<Form>(fcinfo); }
CDP_FUNCTION(cdp_window_funnel_state_recv) { return StateRecv<Form>(fcinfo); }
CDP_FUNCTION(cdp_window_funnel_state_send) { return StateSend<Form>(fcinfo); }

// What is sent is the value itself, and as long as it need be.
CDP_FUNCTION(cdp__window_funnel_state_final) { return StateSend<Form>(fcinfo); }

}  // namespace cdp::pg
