/// Bitmaps as arguments and results of SQL functions.
#pragma once

#include "core/bitmap/bitmap.h"
#include "core/bitmap/bitmap_view.h"
#include "pg/base/datum.h"

namespace cdp::pg {

/// The portable bytes of a bitmap, detoasted where need be; a partial state of rb_build_agg is
/// turned into them. Not validated beyond that. May longjmp: for the first act.
bitmap::Bytes BitmapBytes(Datum datum);

/// The same of a function's argument.
inline bitmap::Bytes BitmapArgument(FunctionCallInfo fcinfo, int n) {
  return BitmapBytes(PG_GETARG_DATUM(n));
}

/// New values in the current context; for use inside CallCore.
varlena* NewBitmap(const bitmap::Bitmap& value);
/// Values ascending and without duplicates.
varlena* NewBitmap(std::span<const std::uint32_t> values);
/// Values in any order, which it sorts in place.
varlena* NewBitmapOfUnsorted(std::span<std::uint32_t> values);
/// Bytes from outside, in either form: checks all of them and brings them into normal form.
varlena* NewBitmapOfForeign(bitmap::Bytes bytes);

}  // namespace cdp::pg
