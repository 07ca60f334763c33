/// components in and out: as text and binary the bytes of the image. Both ways in also take the
/// build form, so that a partial aggregate may travel, and check every byte.

#include "pg/identity/components_datum.h"

namespace cdp::pg {
namespace {

/// Here wrong bytes are the client's mistake, not damage on disk.
varlena* FromStranger(std::span<const std::byte> payload, ErrorCode mistake) {
  return CallCore([payload, mistake] {
    ContextResource memory(CurrentMemoryContext);
    try {
      return NewVarlena(identity::Canonical(payload, &memory));
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kCorruptData) throw;
      throw Error(mistake, error.what(), error.detail());
    }
  });
}

bytea* ImageBytes(FunctionCallInfo fcinfo) {
  const varlena* value = PG_GETARG_VARLENA_PP(0);
  return const_cast<bytea*>(CallCore([value] { return ImageOf(value); }));
}

}  // namespace

CDP_FUNCTION(cdp_components_in) {
  const bytea* bytes = BytesFromLiteral(PG_GETARG_CSTRING(0));
  PG_RETURN_POINTER(FromStranger(BytesOf(bytes), ErrorCode::kInvalidText));
}

CDP_FUNCTION(cdp_components_out) {
  PG_RETURN_DATUM(LiteralOfBytes(BytesOf(ImageBytes(fcinfo))));
}

CDP_FUNCTION(cdp_components_recv) {
  const auto message = RestOfMessage(reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0)));
  PG_RETURN_POINTER(FromStranger(message, ErrorCode::kInvalidBinary));
}

CDP_FUNCTION(cdp_components_send) {
  PG_RETURN_DATUM(DirectFunctionCall1(byteasend, PointerGetDatum(ImageBytes(fcinfo))));
}

}  // namespace cdp::pg
