/// Text and binary forms of funnel: both are the bytes of its image, checked on the way in.

#include "pg/behavior/cohort_funnel_datum.h"

namespace cdp::pg {
namespace {

varlena* CheckedFunnel(std::span<const std::byte> bytes, ErrorCode code) {
  ContextResource memory(CurrentMemoryContext);
  return NewVarlena(behavior::CheckedCohortFunnel(bytes, code, &memory));
}

}  // namespace

bitmap::Bytes FunnelBytes(Datum datum) {
  const bitmap::Bytes bytes = BytesOf(PG_DETOAST_DATUM_PACKED(datum));
  if (!behavior::IsFunnelBuild(bytes)) [[likely]]
    return bytes;
  return BytesOf(CallCore([bytes] {
    ContextResource memory(CurrentMemoryContext);
    behavior::CohortFunnel funnel(&memory);
    funnel.Merge(bytes);
    return NewFunnel(funnel, false);
  }));
}

CDP_FUNCTION(cdp_funnel_in) {
  const auto bytes = BytesOf(BytesFromLiteral(PG_GETARG_CSTRING(0)));
  PG_RETURN_POINTER(CallCore([bytes] { return CheckedFunnel(bytes, ErrorCode::kInvalidText); }));
}

CDP_FUNCTION(cdp_funnel_out) {
  const bitmap::Bytes bytes = FunnelArgument(fcinfo, 0);
  PG_RETURN_DATUM(LiteralOfBytes(bytes));
}

CDP_FUNCTION(cdp_funnel_recv) {
  const auto bytes = RestOfMessage(reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0)));
  PG_RETURN_POINTER(CallCore([bytes] { return CheckedFunnel(bytes, ErrorCode::kInvalidBinary); }));
}

CDP_FUNCTION(cdp_funnel_send) {
  const bitmap::Bytes bytes = FunnelArgument(fcinfo, 0);
  PG_RETURN_POINTER(CallCore([bytes] { return NewVarlena(bytes); }));
}

}  // namespace cdp::pg
