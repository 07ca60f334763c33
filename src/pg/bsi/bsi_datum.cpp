#include "pg/bsi/bsi_datum.h"

namespace cdp::pg {

varlena* NewBsi(bsi::Bsi* value) {
  varlena* result = NewVarlena(value->ImageSize());
  value->WriteImage(PayloadOf(result));
  return result;
}

bsi::Bytes BsiBytes(Datum datum) {
  const bsi::Bytes bytes = BytesOf(PG_DETOAST_DATUM_PACKED(datum));
  if (!bsi::IsBuildForm(bytes)) [[likely]]
    return bytes;
  return BytesOf(CallCore([bytes] {
    ContextResource memory(CurrentMemoryContext);
    bsi::Bsi value(bsi::BuildFormRows(bytes, &memory), &memory);
    return NewBsi(&value);
  }));
}

bsi::Bytes BsiArgument(FunctionCallInfo fcinfo) {
  StoredArgument stored;
  if (!ReadStored(fcinfo, 0, Need::kWhole, &stored) || !stored.whole ||
      bsi::IsBuildForm(stored.bytes)) {
    return BsiBytes(PG_GETARG_DATUM(0));
  }
  return stored.bytes;
}

Datum NumericOf(bsi::Sum128 number) {
  char digits[48];
  char* at = digits + sizeof(digits) - 1;
  *at = '\0';
  __extension__ using Unsigned = unsigned __int128;
  Unsigned left = number < 0 ? -static_cast<Unsigned>(number) : static_cast<Unsigned>(number);
  do {
    *--at = static_cast<char>('0' + static_cast<int>(left % 10));
    left /= 10;
  } while (left != 0);
  if (number < 0) *--at = '-';
  return DirectFunctionCall3(numeric_in, CStringGetDatum(at), ObjectIdGetDatum(InvalidOid),
                             Int32GetDatum(-1));
}

}  // namespace cdp::pg
