/// Text and binary forms of the states that aggregates over rows keep: both are the state's bytes
/// without its spare room, checked on the way in.
///
/// Form::Size(bytes) is the size without spare room and Form::Check(bytes, code) refuses what is no
/// state; both may throw.
#pragma once

#include "pg/base/datum.h"

namespace cdp::pg {

/// The argument without spare room. May longjmp.
template <class Form>
const varlena* TrimmedState(FunctionCallInfo fcinfo) {
  const varlena* value = PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
  return CallCore([value]() -> const varlena* {
    const std::span<const std::byte> bytes = BytesOf(value);
    const std::size_t size = Form::Size(bytes);
    return size == bytes.size() ? value : NewVarlena(bytes.first(size));
  });
}

template <class Form>
Datum StateIn(FunctionCallInfo fcinfo) {
  const bytea* bytes = BytesFromLiteral(PG_GETARG_CSTRING(0));
  CallCore([bytes] { Form::Check(BytesOf(bytes), ErrorCode::kInvalidText); });
  PG_RETURN_POINTER(bytes);
}

template <class Form>
Datum StateOut(FunctionCallInfo fcinfo) {
  return LiteralOfBytes(BytesOf(TrimmedState<Form>(fcinfo)));
}

template <class Form>
Datum StateRecv(FunctionCallInfo fcinfo) {
  const auto message = RestOfMessage(reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0)));
  PG_RETURN_POINTER(CallCore([message] {
    // The message lies anywhere; a value is aligned.
    varlena* value = NewVarlena(message);
    Form::Check(BytesOf(value), ErrorCode::kInvalidBinary);
    return value;
  }));
}

template <class Form>
Datum StateSend(FunctionCallInfo fcinfo) {
  return DirectFunctionCall1(byteasend, PointerGetDatum(TrimmedState<Form>(fcinfo)));
}

}  // namespace cdp::pg
