/// Between Datums and what the core takes: spans, views, new varlenas.
#pragma once

#include "pg/base/boundary.h"
#include "pg/base/memory.h"

namespace cdp::pg {

/// The payload of a detoasted varlena.
inline std::span<const std::byte> BytesOf(const varlena* value) {
  return {reinterpret_cast<const std::byte*>(VARDATA_ANY(value)),
          static_cast<std::size_t>(VARSIZE_ANY_EXHDR(value))};
}

inline std::string_view ViewOf(const text* value) {
  return {VARDATA_ANY(value), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(value))};
}

/// A new text. May longjmp, as the next.
inline Datum TextOf(std::string_view text) {
  return PointerGetDatum(cstring_to_text_with_len(text.data(), static_cast<int>(text.size())));
}

/// A new array of so many texts, `text_of(i)` each.
template <class TextAt>
Datum TextArrayOf(std::size_t count, TextAt text_of) {
  auto* texts = static_cast<Datum*>(palloc(count * sizeof(Datum) + 1));
  for (std::size_t i = 0; i < count; ++i) texts[i] = TextOf(text_of(i));
  return PointerGetDatum(
      construct_array(texts, static_cast<int>(count), TEXTOID, -1, false, TYPALIGN_INT));
}

/// A new varlena with room for `payload` bytes, in the current context; for use inside CallCore.
/// Throws kLimitExceeded when the server could not hold it.
varlena* NewVarlena(std::size_t payload);

/// A new varlena with a copy of the bytes; for use inside CallCore.
varlena* NewVarlena(std::span<const std::byte> bytes);

/// Says that a value of NewVarlena with room for `room` bytes holds `payload` only, and gives much
/// unused room back. For use inside CallCore.
varlena* Trimmed(varlena* value, std::size_t room, std::size_t payload);

inline std::byte* PayloadOf(varlena* value) { return reinterpret_cast<std::byte*>(VARDATA(value)); }

/// A new one-dimensional array without nulls (no dimension when `count` is 0), in the current
/// context, its elements still to be written; for use inside CallCore. Throws kLimitExceeded when
/// the server could not hold it, with the sentence `hint`.
ArrayType* NewArray(Oid element_type, std::size_t element_bytes, std::uint64_t count,
                    const char* hint);

/// An interval as microseconds, a day being 24 hours. Raises an error when it has months, or is
/// negative, or overflows; `what` names it in the message. May longjmp: for the first act.
std::int64_t SpanMicros(const Interval* interval, const char* what);

/// An interval as the difference of two timestamps has it: in days, and the rest. May longjmp.
inline Datum IntervalOf(std::uint64_t micros) {
  auto* interval = static_cast<Interval*>(palloc0(sizeof(Interval)));
  interval->day = static_cast<int32>(micros / USECS_PER_DAY);
  interval->time = static_cast<TimeOffset>(micros % USECS_PER_DAY);
  return IntervalPGetDatum(interval);
}

/// Elements of a one-dimensional or empty array of a fixed-length pass-by-value type without
/// nulls. Raises an error for a null element; several dimensions are read in storage order. May
/// longjmp: for the first act.
template <class T>
std::span<const T> ElementsOf(ArrayType* array) {
  static_assert(std::is_trivially_copyable_v<T>);
  const int count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
  if (array_contains_nulls(array)) {
    ereport(ERROR,
            (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("array must not contain nulls")));
  }
  return {reinterpret_cast<const T*>(ARR_DATA_PTR(array)), static_cast<std::size_t>(count)};
}

/// The bytes of a text literal in bytea's form (hex or escape). May longjmp: for the first act.
inline bytea* BytesFromLiteral(const char* literal) {
  return DatumGetByteaPP(DirectFunctionCall1(byteain, CStringGetDatum(literal)));
}

/// Bytes as a text literal, in the form that bytea_output asks for. Raises an error when the server
/// could not hold the text. For the last act.
Datum LiteralOfBytes(std::span<const std::byte> bytes);

/// The rest of a binary message. May longjmp: for the first act.
inline std::span<const std::byte> RestOfMessage(StringInfo message) {
  const int size = message->len - message->cursor;
  return {reinterpret_cast<const std::byte*>(pq_getmsgbytes(message, size)),
          static_cast<std::size_t>(size)};
}

}  // namespace cdp::pg
