/// Text and binary forms of sequence_next_node_state.

#include "core/behavior/next_node.h"
#include "pg/base/state_io.h"

namespace cdp::pg {
namespace {

struct Form {
  static std::size_t Size(std::span<const std::byte> bytes) {
    return sizeof(behavior::NextNodeStateHeader) + behavior::ReadNextNodeState(bytes).rows.size();
  }
  static void Check(std::span<const std::byte> bytes, ErrorCode code) {
    behavior::CheckNextNodeState(bytes, code);
  }
};

}  // namespace

CDP_FUNCTION(cdp_sequence_next_node_state_in) { return StateIn<Form>(fcinfo); }
CDP_FUNCTION(cdp_sequence_next_node_state_out) { return StateOut<Form>(fcinfo); }
CDP_FUNCTION(cdp_sequence_next_node_state_recv) { return StateRecv<Form>(fcinfo); }
CDP_FUNCTION(cdp_sequence_next_node_state_send) { return StateSend<Form>(fcinfo); }

// What is sent is the value itself, and as long as it need be.
CDP_FUNCTION(cdp__sequence_next_node_state_final) { return StateSend<Form>(fcinfo); }

}  // namespace cdp::pg
