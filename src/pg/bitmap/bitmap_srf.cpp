/// rb_iterate: the values of a bitmap as rows.

#include "core/bitmap/bitmap_cursor.h"
#include "pg/bitmap/bitmap_datum.h"
#include "pg/bitmap/bitmap_iterate.h"

namespace cdp::pg {

CDP_FUNCTION(cdp__rb_iterate) {
  return IterateBitmap<bitmap::BitmapCursor, std::uint32_t>(
      fcinfo, BitmapBytes,
      [](std::uint32_t value) { return Int32GetDatum(static_cast<std::int32_t>(value)); });
}

}  // namespace cdp::pg
