/// Text and binary forms of activity: both are the bytes of its image, checked on the way in.

#include "pg/behavior/activity_datum.h"

namespace cdp::pg {
namespace {

varlena* CheckedActivity(std::span<const std::byte> bytes, ErrorCode code) {
  ContextResource memory(CurrentMemoryContext);
  return NewVarlena(behavior::CheckedActivity(bytes, code, &memory));
}

}  // namespace

varlena* UnitedActivity(std::initializer_list<bitmap::Bytes> parts) {
  ContextResource memory(CurrentMemoryContext);
  behavior::Activity activity(&memory);
  for (const bitmap::Bytes part : parts) activity.Merge(part);
  return NewActivity(activity);
}

bitmap::Bytes ActivityBytes(Datum datum) {
  const bitmap::Bytes bytes = BytesOf(PG_DETOAST_DATUM_PACKED(datum));
  if (!behavior::IsActivityBuild(bytes)) [[likely]]
    return bytes;
  return BytesOf(CallCore([bytes] { return UnitedActivity({bytes}); }));
}

CDP_FUNCTION(cdp_activity_in) {
  const auto bytes = BytesOf(BytesFromLiteral(PG_GETARG_CSTRING(0)));
  PG_RETURN_POINTER(CallCore([bytes] { return CheckedActivity(bytes, ErrorCode::kInvalidText); }));
}

CDP_FUNCTION(cdp_activity_out) {
  const bitmap::Bytes bytes = ActivityArgument(fcinfo, 0);
  PG_RETURN_DATUM(LiteralOfBytes(bytes));
}

CDP_FUNCTION(cdp_activity_recv) {
  const auto bytes = RestOfMessage(reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0)));
  PG_RETURN_POINTER(
      CallCore([bytes] { return CheckedActivity(bytes, ErrorCode::kInvalidBinary); }));
}

CDP_FUNCTION(cdp_activity_send) {
  const bitmap::Bytes bytes = ActivityArgument(fcinfo, 0);
  PG_RETURN_POINTER(CallCore([bytes] { return NewVarlena(bytes); }));
}

CDP_FUNCTION(cdp_activity_union) {
  const bitmap::Bytes a = ActivityArgument(fcinfo, 0);
  const bitmap::Bytes b = ActivityArgument(fcinfo, 1);
  PG_RETURN_POINTER(CallCore([=] { return UnitedActivity({a, b}); }));
}

}  // namespace cdp::pg
