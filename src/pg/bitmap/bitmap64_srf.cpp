/// rb64_iterate: the values of a 64-bit bitmap as rows.

#include "core/bitmap/bitmap64_cursor.h"
#include "pg/bitmap/bitmap64_datum.h"
#include "pg/bitmap/bitmap_iterate.h"

namespace cdp::pg {

CDP_FUNCTION(cdp__rb64_iterate) {
  return IterateBitmap<bitmap::Bitmap64Cursor, std::uint64_t>(
      fcinfo, Bitmap64Bytes,
      [](std::uint64_t value) { return Int64GetDatum(static_cast<std::int64_t>(value)); });
}

}  // namespace cdp::pg
