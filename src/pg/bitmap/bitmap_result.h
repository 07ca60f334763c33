/// Results of set operations, written where they will stay.
#pragma once

#include "core/bitmap/bitmap_set.h"
#include "pg/base/datum.h"

namespace cdp::pg {

/// A new value in the current context; for use inside CallCore.
varlena* NewCombinedBitmap(bitmap::SetOperation operation, const bitmap::BitmapView& a,
                           const bitmap::BitmapView& b);

}  // namespace cdp::pg
