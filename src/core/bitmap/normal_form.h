/// Bytes from outside that need no more than a look.
#pragma once

#include "core/bitmap/format.h"

namespace cdp::bitmap {

/// Whether the bytes begin with a bitmap that is right in every part and laid out just as the
/// library would lay it out again; if so, `size` is how many bytes it takes. Of others the library
/// must be asked: it reads some of them nevertheless, and knows the reason why not.
bool BeginsInNormalForm(Bytes bytes, std::size_t* size);

}  // namespace cdp::bitmap
