/// Text and binary forms of sequence_state.

#include "core/behavior/sequence_state.h"
#include "pg/base/state_io.h"

namespace cdp::pg {
namespace {

struct Form {
  static std::size_t Size(std::span<const std::byte> bytes) {
    return behavior::ReadSequenceState(bytes).size();
  }
  static void Check(std::span<const std::byte> bytes, ErrorCode code) {
    behavior::CheckSequenceState(bytes, code);
  }
};

}  // namespace

CDP_FUNCTION(cdp_sequence_state_in) { return StateIn<Form>(fcinfo); }
CDP_FUNCTION(cdp_sequence_state_out) { return StateOut<Form>(fcinfo); }
CDP_FUNCTION(cdp_sequence_state_recv) { return StateRecv<Form>(fcinfo); }
CDP_FUNCTION(cdp_sequence_state_send) { return StateSend<Form>(fcinfo); }

// What is sent is the value itself, and as long as it need be.
CDP_FUNCTION(cdp__sequence_state_final) { return StateSend<Form>(fcinfo); }

}  // namespace cdp::pg
