#include "pg/base/datum.h"

namespace cdp::pg {

varlena* NewVarlena(std::size_t payload) {
  if (payload > MaxAllocSize - VARHDRSZ) {
    throw Error(ErrorCode::kLimitExceeded, "result is too large",
                "A value holds at most 1 GB; this one would take " + std::to_string(payload) +
                    " bytes.");
  }
  auto* value = static_cast<varlena*>(AllocateIn(CurrentMemoryContext, payload + VARHDRSZ));
  SET_VARSIZE(value, payload + VARHDRSZ);
  return value;
}

varlena* NewVarlena(std::span<const std::byte> bytes) {
  varlena* value = NewVarlena(bytes.size());
  if (!bytes.empty()) std::memcpy(VARDATA(value), bytes.data(), bytes.size());
  return value;
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
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("%s must not be negative", what)));
  }
  return micros;
}

}  // namespace cdp::pg
