/// Text, binary and bytea forms of roaringbitmap.

#include "core/bitmap/bitmap_text.h"
#include "pg/bitmap/bitmap_datum.h"
#include "pg/bitmap/bitmap_settings.h"

namespace cdp::pg {
namespace {

varlena* ParseBitmap(std::string_view literal) {
  ContextResource memory(CurrentMemoryContext);
  auto values = bitmap::ParseArrayText(literal, &memory);
  return NewBitmapOfUnsorted(values);
}

char* FormatBitmap(bitmap::Bytes bytes) {
  const bitmap::BitmapView view(bytes);
  const std::size_t size = bitmap::MaxArrayText(view) + 1;
  if (!AllocSizeIsValid(size)) {
    throw Error(ErrorCode::kLimitExceeded, "result is too large",
                "The text of " + std::to_string(view.Cardinality()) +
                    " values is longer than a text may be.",
                "Use rb_iterate instead.");
  }
  auto* text = static_cast<char*>(AllocateIn(CurrentMemoryContext, size));
  *bitmap::WriteArrayText(view, text) = '\0';
  return text;
}

}  // namespace

CDP_FUNCTION(cdp_roaringbitmap_in) {
  const char* literal = PG_GETARG_CSTRING(0);
  if (literal[0] == '\\' && literal[1] == 'x') {
    const bitmap::Bytes bytes = BytesOf(BytesFromLiteral(literal));
    PG_RETURN_POINTER(CallCore([bytes] { return NewBitmapOfForeign(bytes); }));
  }
  PG_RETURN_POINTER(CallCore([literal] { return ParseBitmap(literal); }));
}

CDP_FUNCTION(cdp_roaringbitmap_out) {
  const bitmap::Bytes bytes = BitmapArgument(fcinfo, 0);
  if (BitmapOutputIsArray()) PG_RETURN_CSTRING(CallCore([bytes] { return FormatBitmap(bytes); }));
  PG_RETURN_DATUM(LiteralOfBytes(bytes));
}

CDP_FUNCTION(cdp_roaringbitmap_recv) {
  const bitmap::Bytes bytes = RestOfMessage(reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0)));
  if (bytes.empty()) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
                    errmsg("empty roaring bitmap binary data")));
  }
  PG_RETURN_POINTER(CallCore([bytes] { return NewBitmapOfForeign(bytes); }));
}

CDP_FUNCTION(cdp_roaringbitmap_send) {
  const bitmap::Bytes bytes = BitmapArgument(fcinfo, 0);
  PG_RETURN_POINTER(CallCore([bytes] { return NewVarlena(bytes); }));
}

CDP_FUNCTION(cdp_roaringbitmap) {
  const bitmap::Bytes bytes = BytesOf(PG_GETARG_BYTEA_PP(0));
  PG_RETURN_POINTER(CallCore([bytes] { return NewBitmapOfForeign(bytes); }));
}

}  // namespace cdp::pg
