/// Text and binary forms of bsi: the image, checked on the way in. A literal {id:value, ...} is
/// taken too.

#include "pg/bsi/bsi_datum.h"

namespace cdp::pg {

CDP_FUNCTION(cdp_bsi_in) {
  const char* literal = PG_GETARG_CSTRING(0);
  if (literal[0] == '\\' && literal[1] == 'x') {
    const bytea* bytes = BytesFromLiteral(literal);
    CallCore([bytes] {
      ContextResource memory(CurrentMemoryContext);
      bsi::CheckImage(BytesOf(bytes), ErrorCode::kInvalidText, &memory);
    });
    PG_RETURN_POINTER(bytes);
  }
  PG_RETURN_POINTER(CallCore([literal] {
    ContextResource memory(CurrentMemoryContext);
    bsi::Bsi value(bsi::ParseRows(literal, &memory), &memory);
    return NewBsi(&value);
  }));
}

CDP_FUNCTION(cdp_bsi_out) { PG_RETURN_DATUM(LiteralOfBytes(BsiBytes(PG_GETARG_DATUM(0)))); }

CDP_FUNCTION(cdp_bsi_recv) {
  const auto message = RestOfMessage(reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0)));
  PG_RETURN_POINTER(CallCore([message] {
    ContextResource memory(CurrentMemoryContext);
    bsi::CheckImage(message, ErrorCode::kInvalidBinary, &memory);
    return NewVarlena(message);
  }));
}

CDP_FUNCTION(cdp_bsi_send) {
  const bsi::Bytes bytes = BsiBytes(PG_GETARG_DATUM(0));
  PG_RETURN_POINTER(CallCore([bytes] { return NewVarlena(bytes); }));
}

}  // namespace cdp::pg
