/// Text and binary forms of timeline_page: both are the sealed page, checked on the way in.

#include "pg/timeline/timeline_page_datum.h"

namespace cdp::pg {
namespace {

const varlena* SealedArgument(FunctionCallInfo fcinfo) {
  const varlena* value = PageArgument(fcinfo, 0);
  return CallCore([value] { return SealedPage(value); });
}

}  // namespace

CDP_FUNCTION(cdp_timeline_page_in) {
  const bytea* bytes = BytesFromLiteral(PG_GETARG_CSTRING(0));
  CallCore([bytes] {
    ContextResource memory(CurrentMemoryContext);
    timeline::CheckPage(BytesOf(bytes), ErrorCode::kInvalidText, &memory);
  });
  PG_RETURN_POINTER(bytes);
}

CDP_FUNCTION(cdp_timeline_page_out) {
  const varlena* sealed = SealedArgument(fcinfo);
  PG_RETURN_DATUM(LiteralOfBytes(BytesOf(sealed)));
}

CDP_FUNCTION(cdp_timeline_page_recv) {
  const auto message = RestOfMessage(reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0)));
  PG_RETURN_POINTER(CallCore([message] {
    ContextResource memory(CurrentMemoryContext);
    timeline::CheckPage(message, ErrorCode::kInvalidBinary, &memory);
    return NewVarlena(message);
  }));
}

CDP_FUNCTION(cdp_timeline_page_send) {
  const varlena* sealed = SealedArgument(fcinfo);
  PG_RETURN_DATUM(DirectFunctionCall1(byteasend, PointerGetDatum(sealed)));
}

}  // namespace cdp::pg
