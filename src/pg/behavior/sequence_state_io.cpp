/// Text and binary forms of sequence_state: both are its bytes without the spare room, checked
/// on the way in.

#include "core/behavior/sequence_state.h"
#include "pg/base/datum.h"

namespace cdp::pg {
namespace {

/// The argument without spare room. May longjmp.
const varlena* TrimmedState(FunctionCallInfo fcinfo) {
  const varlena* value = PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
  return CallCore([value]() -> const varlena* {
    const std::span<const std::byte> bytes = BytesOf(value);
    const auto state = behavior::ReadSequenceState(bytes);
    const std::size_t size = state.size();
    return size == bytes.size() ? value : NewVarlena(bytes.first(size));
  });
}

}  // namespace

CDP_FUNCTION(cdp_sequence_state_in) {
  const bytea* bytes = BytesFromLiteral(PG_GETARG_CSTRING(0));
  CallCore([bytes] { behavior::CheckSequenceState(BytesOf(bytes), ErrorCode::kInvalidText); });
  PG_RETURN_POINTER(bytes);
}

CDP_FUNCTION(cdp_sequence_state_out) {
  const varlena* state = TrimmedState(fcinfo);
  PG_RETURN_DATUM(LiteralOfBytes(BytesOf(state)));
}

CDP_FUNCTION(cdp_sequence_state_recv) {
  const auto message = RestOfMessage(reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0)));
  PG_RETURN_POINTER(CallCore([message] {
    // The message lies anywhere; a value is aligned.
    varlena* value = NewVarlena(message);
    behavior::CheckSequenceState(BytesOf(value), ErrorCode::kInvalidBinary);
    return value;
  }));
}

CDP_FUNCTION(cdp_sequence_state_send) {
  const varlena* state = TrimmedState(fcinfo);
  PG_RETURN_DATUM(DirectFunctionCall1(byteasend, PointerGetDatum(state)));
}

}  // namespace cdp::pg
