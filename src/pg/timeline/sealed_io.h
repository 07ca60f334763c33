/// Text and binary forms of types whose values leave the server sealed: both are the sealed bytes,
/// checked on the way in.
///
/// Form::Sealed(value) is the value itself when it is sealed, else a new one that is, and
/// Form::Check(bytes, code, memory) refuses what no writer writes; both may throw.
#pragma once

#include "pg/base/datum.h"

namespace cdp::pg {

/// The argument, sealed. May longjmp.
template <class Form>
const varlena* SealedArgument(FunctionCallInfo fcinfo) {
  const varlena* value = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
  return CallCore([value] { return Form::Sealed(value); });
}

template <class Form>
Datum SealedIn(FunctionCallInfo fcinfo) {
  const bytea* bytes = BytesFromLiteral(PG_GETARG_CSTRING(0));
  CallCore([bytes] {
    ContextResource memory(CurrentMemoryContext);
    Form::Check(BytesOf(bytes), ErrorCode::kInvalidText, &memory);
  });
  PG_RETURN_POINTER(bytes);
}

template <class Form>
Datum SealedOut(FunctionCallInfo fcinfo) {
  const varlena* sealed = SealedArgument<Form>(fcinfo);
  PG_RETURN_DATUM(LiteralOfBytes(BytesOf(sealed)));
}

template <class Form>
Datum SealedRecv(FunctionCallInfo fcinfo) {
  const auto message = RestOfMessage(reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0)));
  PG_RETURN_POINTER(CallCore([message] {
    ContextResource memory(CurrentMemoryContext);
    Form::Check(message, ErrorCode::kInvalidBinary, &memory);
    return NewVarlena(message);
  }));
}

template <class Form>
Datum SealedSend(FunctionCallInfo fcinfo) {
  const varlena* sealed = SealedArgument<Form>(fcinfo);
  PG_RETURN_DATUM(DirectFunctionCall1(byteasend, PointerGetDatum(sealed)));
}

}  // namespace cdp::pg
