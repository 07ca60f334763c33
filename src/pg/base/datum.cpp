#include "pg/base/datum.h"

#include <functional>
#include <numeric>

#include "core/base/copy.h"

namespace cdp::pg {
namespace {

// What byteaout will need, its end included.
std::uint64_t LiteralSize(std::span<const std::byte> bytes) {
  if (bytea_output == BYTEA_OUTPUT_HEX) return 2 * bytes.size() + sizeof("\\x");
  const auto size_of = [](std::byte byte) {
    const auto c = std::to_integer<unsigned>(byte);
    return c == '\\' ? 2u : c < 0x20 || c > 0x7e ? 4u : 1u;
  };
  return std::transform_reduce(bytes.begin(), bytes.end(), std::uint64_t{1}, std::plus{}, size_of);
}

// As byteaout, which would not listen while it writes.
char* HexOf(std::span<const std::byte> bytes) {
  auto* text = static_cast<char*>(AllocateIn(CurrentMemoryContext, LiteralSize(bytes)));
  char* to = text;
  *to++ = '\\';
  *to++ = 'x';
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(bytes.size(), kCopiedAtOnce));
    to += hex_encode(reinterpret_cast<const char*>(part.data()), part.size(), to);
    bytes = bytes.subspan(part.size());
    CheckStop();
  }
  *to = '\0';
  return text;
}

}  // namespace

varlena* NewVarlena(std::size_t payload) {
  if (payload > MaxAllocSize - VARHDRSZ) {
    throw Error(
        ErrorCode::kLimitExceeded, "result is too large",
        "A value holds at most 1 GB; this one would take " + std::to_string(payload) + " bytes.");
  }
  auto* value = static_cast<varlena*>(AllocateIn(CurrentMemoryContext, payload + VARHDRSZ));
  SET_VARSIZE(value, payload + VARHDRSZ);
  return value;
}

varlena* NewVarlena(std::span<const std::byte> bytes) {
  varlena* value = NewVarlena(bytes.size());
  CopyBytes(PayloadOf(value), bytes.data(), bytes.size());
  return value;
}

varlena* Trimmed(varlena* value, std::size_t room, std::size_t payload) {
  constexpr std::size_t kWorthwhile = 16384;
  if (room - payload > kWorthwhile + payload / 4) {
    value = static_cast<varlena*>(Reallocate(CurrentMemoryContext, value, payload + VARHDRSZ));
  }
  SET_VARSIZE(value, payload + VARHDRSZ);
  return value;
}

ArrayType* NewArray(Oid element_type, std::size_t element_bytes, std::uint64_t count,
                    const char* hint) {
  if (count == 0) return CallServer([element_type] { return construct_empty_array(element_type); });
  if (count > MaxArraySize) {
    throw Error(ErrorCode::kLimitExceeded, "result is too large",
                "An array holds at most " + std::to_string(MaxArraySize) +
                    " elements; this one would have " + std::to_string(count) + ".",
                hint);
  }
  constexpr std::size_t kHeader = ARR_OVERHEAD_NONULLS(1);
  auto* array =
      reinterpret_cast<ArrayType*>(NewVarlena(kHeader - VARHDRSZ + count * element_bytes));
  array->ndim = 1;
  array->dataoffset = 0;
  array->elemtype = element_type;
  ARR_DIMS(array)[0] = static_cast<int>(count);
  ARR_LBOUND(array)[0] = 1;
  return array;
}

Datum LiteralOfBytes(std::span<const std::byte> bytes) {
  CallCore([bytes] {
    if (const std::uint64_t size = LiteralSize(bytes); size > MaxAllocSize) {
      throw Error(
          ErrorCode::kLimitExceeded, "result is too large",
          "A text holds at most 1 GB; this one would take " + std::to_string(size) + " bytes.",
          "Use COPY in binary format instead.");
    }
  });
  if (bytea_output == BYTEA_OUTPUT_HEX) {
    return CStringGetDatum(CallCore([bytes] { return HexOf(bytes); }));
  }
  const varlena* value = CallCore([bytes] { return NewVarlena(bytes); });
  return DirectFunctionCall1(byteaout, PointerGetDatum(value));
}

std::int64_t SpanMicros(const Interval* interval, const char* what) {
  if (interval->month != 0) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("%s must not contain months or years", what),
                    errdetail("A month has no fixed length."), errhint("Use days instead.")));
  }
  std::int64_t micros = 0;
  if (__builtin_mul_overflow(static_cast<std::int64_t>(interval->day), USECS_PER_DAY, &micros) ||
      __builtin_add_overflow(micros, interval->time, &micros)) {
    ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("%s is too long", what)));
  }
  if (micros < 0) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s must not be negative", what)));
  }
  return micros;
}

}  // namespace cdp::pg
