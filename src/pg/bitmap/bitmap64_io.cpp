/// Text, binary and bytea forms of roaringbitmap64, and its conversions to and from roaringbitmap.

#include "core/bitmap/bitmap64_convert.h"
#include "core/bitmap/bitmap64_text.h"
#include "pg/bitmap/bitmap64_datum.h"
#include "pg/bitmap/bitmap_datum.h"
#include "pg/bitmap/bitmap_settings.h"

namespace cdp::pg {
namespace {

varlena* ParseBitmap64(std::string_view literal) {
  ContextResource memory(CurrentMemoryContext);
  auto values = bitmap::ParseArrayText64(literal, &memory);
  return NewBitmap64OfUnsorted(values);
}

char* FormatBitmap64(bitmap::Bytes bytes) {
  const std::size_t size = bitmap::MaxArrayText64(bytes) + 1;
  if (!AllocSizeIsValid(size)) {
    throw Error(ErrorCode::kLimitExceeded, "result is too large",
                "The text of " + std::to_string(bitmap::Cardinality64(bytes)) +
                    " values is longer than a text may be.",
                "Use rb64_iterate instead.");
  }
  auto* text = static_cast<char*>(AllocateIn(CurrentMemoryContext, size));
  *bitmap::WriteArrayText64(bytes, text) = '\0';
  return text;
}

}  // namespace

CDP_FUNCTION(cdp_roaringbitmap64_in) {
  const char* literal = PG_GETARG_CSTRING(0);
  if (literal[0] == '\\' && literal[1] == 'x') {
    const bitmap::Bytes bytes = BytesOf(BytesFromLiteral(literal));
    PG_RETURN_POINTER(CallCore([bytes] { return NewBitmap64OfForeign(bytes); }));
  }
  PG_RETURN_POINTER(CallCore([literal] { return ParseBitmap64(literal); }));
}

CDP_FUNCTION(cdp_roaringbitmap64_out) {
  const bitmap::Bytes bytes = Bitmap64Argument(fcinfo, 0);
  if (BitmapOutputIsArray()) {
    PG_RETURN_CSTRING(CallCore([bytes] { return FormatBitmap64(bytes); }));
  }
  PG_RETURN_DATUM(LiteralOfBytes(bytes));
}

CDP_FUNCTION(cdp_roaringbitmap64_recv) {
  const bitmap::Bytes bytes = RestOfMessage(reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0)));
  if (bytes.empty()) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
                    errmsg("empty roaring bitmap binary data")));
  }
  PG_RETURN_POINTER(CallCore([bytes] { return NewBitmap64OfForeign(bytes); }));
}

CDP_FUNCTION(cdp_roaringbitmap64_send) {
  const bitmap::Bytes bytes = Bitmap64Argument(fcinfo, 0);
  PG_RETURN_POINTER(CallCore([bytes] { return NewVarlena(bytes); }));
}

CDP_FUNCTION(cdp_roaringbitmap64) {
  const bitmap::Bytes bytes = BytesOf(PG_GETARG_BYTEA_PP(0));
  PG_RETURN_POINTER(CallCore([bytes] { return NewBitmap64OfForeign(bytes); }));
}

CDP_FUNCTION(cdp_rb64_from_roaringbitmap) {
  const bitmap::Bytes bytes = BitmapArgument(fcinfo, 0);
  PG_RETURN_POINTER(CallCore([bytes] {
    return NewBitmap64([bytes](bitmap::BucketList* list) { bitmap::AppendExtended(bytes, list); });
  }));
}

CDP_FUNCTION(cdp_rb64_to_roaringbitmap) {
  const bitmap::Bytes bytes = Bitmap64Argument(fcinfo, 0);
  PG_RETURN_POINTER(CallCore([bytes] {
    ContextResource memory(CurrentMemoryContext);
    bitmap::Arena arena(&memory);
    return NewVarlena(bitmap::Narrowed(bytes, &arena));
  }));
}

}  // namespace cdp::pg
