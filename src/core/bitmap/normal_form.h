/// Bytes from outside that need no more than a look.
#pragma once

#include "core/bitmap/bitmap_parts.h"

namespace cdp::bitmap {

/// Whether the bytes begin with a bitmap that is right in every part and laid out just as the
/// library would lay it out again; if so, `size` is how many bytes it takes. Of others the library
/// must be asked: it reads some of them nevertheless, and knows the reason why not.
bool BeginsInNormalForm(Bytes bytes, std::size_t* size);

/// Has the library check all other bytes that a bitmap begins with, and adds its containers to an
/// empty `parts`: what the library would write again. `size`, unless it is null, is how many bytes
/// the bitmap had.
void KeepChecked(Bytes bytes, std::size_t* size, BitmapParts* parts);

}  // namespace cdp::bitmap
