/// Whether a container that came from outside is one.
#pragma once

#include "core/bitmap/bitmap_view.h"

namespace cdp::bitmap {

/// Raises an error unless the values ascend and are as many as the header says.
void CheckContainer(const Container& container);

}  // namespace cdp::bitmap
