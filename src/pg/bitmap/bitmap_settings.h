/// What the room sets up when the library is loaded, and its setting.
#pragma once

namespace cdp::pg {

/// Called by _PG_init.
void InitBitmap();

/// Whether the text form is the array of values, not bytea.
bool BitmapOutputIsArray();

}  // namespace cdp::pg
