#include "pg/behavior/conditions.h"

namespace cdp::pg {
namespace {

[[noreturn]] void RaiseCount(int count, int most) {
  ereport(ERROR,
          (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("there are %d conditions", count),
           errdetail("There may be 1 to %d.", most)));
  pg_unreachable();
}

/// The lowest bits of `count` bytes as the bits of a number.
uint64 GatherBits(const char* bytes, int count) {
  uint64 bits = 0;
  int i = 0;
  for (; i + 8 <= count; i += 8) {
    uint64 eight;
    std::memcpy(&eight, bytes + i, 8);
    // Moves the low bit of byte k to bit 56 + k; no two sums meet.
    bits |=
        ((eight & UINT64CONST(0x0101010101010101)) * UINT64CONST(0x0102040810204080)) >> 56 << i;
  }
  for (; i < count; ++i) bits |= static_cast<uint64>(bytes[i] & 1) << i;
  return bits;
}

}  // namespace

Conditions ConditionsArgument(FunctionCallInfo fcinfo, int n, int most) {
  if (PG_ARGISNULL(n)) {
    ereport(ERROR,
            (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("conditions must not be null")));
  }
  ArrayType* array = PG_GETARG_ARRAYTYPE_P(n);
  const int count =
      ARR_NDIM(array) == 1 ? ARR_DIMS(array)[0] : ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
  if (count < 1 || count > most) RaiseCount(count, most);
  const char* values = ARR_DATA_PTR(array);
  const bits8* nulls = ARR_NULLBITMAP(array);
  if (nulls == nullptr) return {count, GatherBits(values, count)};
  // Only what is not null has a byte.
  uint64 held = 0;
  for (int i = 0; i < count; ++i) {
    if ((nulls[i / 8] >> (i % 8) & 1) != 0) held |= static_cast<uint64>(*values++ & 1) << i;
  }
  return {count, held};
}

void RaiseConditionsDiffer(int one, int other) {
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                  errmsg("the number of conditions must be the same for all rows of a group"),
                  errdetail("There are rows with %d and with %d conditions.", one, other)));
  pg_unreachable();
}

}  // namespace cdp::pg
