/// Whether a container that came from outside is one.
#pragma once

#include "core/bitmap/bitmap_view.h"

namespace cdp::bitmap {

/// Whether the values ascend and are as many as the header says.
bool IsRight(const Container& container);
/// Raises an error unless it is.
inline void CheckContainer(const Container& container) {
  if (!IsRight(container)) MalformedBitmap();
}

}  // namespace cdp::bitmap
