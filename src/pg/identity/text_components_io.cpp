/// components_text in and out: as text and binary the bytes of the image. Both ways in also take
/// the build form, so that a partial aggregate may travel, and check every byte.

#include "pg/identity/text_components_datum.h"

namespace cdp::pg {
namespace {

/// Whether every text of an image may be a text of this database.
bool AreTexts(std::span<const std::byte> image) {
  auto cursor = identity::TextImageView(image).begin();
  std::string_view text;
  std::uint32_t component = 0;
  StopTicker ticker;
  while (cursor.Next(&text, &component)) {
    if (!pg_verifymbstr(text.data(), static_cast<int>(text.size()), true)) return false;
    ticker.Step();
  }
  return true;
}

/// Here wrong bytes are the client's mistake, not damage on disk.
varlena* FromStranger(std::span<const std::byte> payload, ErrorCode mistake) {
  return CallCore([payload, mistake] {
    ContextResource memory(CurrentMemoryContext);
    try {
      const auto image = identity::CanonicalText(payload, &memory);
      if (!AreTexts(image)) {
        throw Error(mistake, "components_text value has a text that is invalid in this database",
                    "Its texts must be in the encoding of the database.");
      }
      return NewVarlena(image);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kCorruptData) throw;
      throw Error(mistake, error.what(), error.detail());
    }
  });
}

bytea* ImageBytes(FunctionCallInfo fcinfo) {
  const varlena* value = PG_GETARG_VARLENA_PP(0);
  return const_cast<bytea*>(CallCore([value] { return TextImageOf(value); }));
}

}  // namespace

CDP_FUNCTION(cdp_components_text_in) {
  const bytea* bytes = BytesFromLiteral(PG_GETARG_CSTRING(0));
  PG_RETURN_POINTER(FromStranger(BytesOf(bytes), ErrorCode::kInvalidText));
}

CDP_FUNCTION(cdp_components_text_out) {
  PG_RETURN_DATUM(LiteralOfBytes(BytesOf(ImageBytes(fcinfo))));
}

CDP_FUNCTION(cdp_components_text_recv) {
  const auto message = RestOfMessage(reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0)));
  PG_RETURN_POINTER(FromStranger(message, ErrorCode::kInvalidBinary));
}

CDP_FUNCTION(cdp_components_text_send) {
  PG_RETURN_DATUM(DirectFunctionCall1(byteasend, PointerGetDatum(ImageBytes(fcinfo))));
}

}  // namespace cdp::pg
