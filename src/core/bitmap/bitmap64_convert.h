/// Between the two types of bitmaps. Their elements are integers, so a conversion extends signs:
/// -1 stays -1.
#pragma once

#include "core/bitmap/bitmap64_writer.h"
#include "core/bitmap/bitmap_parts.h"

namespace cdp::bitmap {

/// Of the portable bytes of a 32-bit bitmap.
void AppendExtended(Bytes bitmap, BucketList* out);

/// The portable bytes of the 32-bit bitmap with the same integers, in `arena`. Raises an error for
/// a value that is no int4.
Bytes Narrowed(Bytes bytes, Arena* arena);

/// Those of the integers that are an int4, for the 32-bit bitmap of them.
void KeepInt4(Bytes bytes, BitmapParts* out);

}  // namespace cdp::bitmap
