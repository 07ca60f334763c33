/// Text and binary forms of window_funnel_levels_state.

#include "core/behavior/funnel_levels.h"
#include "pg/base/state_io.h"

namespace cdp::pg {
namespace {

struct Form {
  static std::size_t Size(std::span<const std::byte> bytes) {
    return timeline::UserRowsSize(bytes);
  }
  static void Check(std::span<const std::byte> bytes, ErrorCode code) {
    behavior::CheckFunnelLevels(bytes, code);
  }
};

}  // namespace

CDP_FUNCTION(cdp_window_funnel_levels_state_in) { return StateIn<Form>(fcinfo); }
CDP_FUNCTION(cdp_window_funnel_levels_state_out) { return StateOut<Form>(fcinfo); }
CDP_FUNCTION(cdp_window_funnel_levels_state_recv) { return StateRecv<Form>(fcinfo); }
CDP_FUNCTION(cdp_window_funnel_levels_state_send) { return StateSend<Form>(fcinfo); }

}  // namespace cdp::pg
