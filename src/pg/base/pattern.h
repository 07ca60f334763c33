/// The server's regular expressions.
#pragma once

#include "pg/base/pg.h"

namespace cdp::pg {

/// Does the value match the pattern, as by the operator ~ COLLATE "C"? The server keeps what it has
/// compiled of the last few patterns. May longjmp.
bool Matches(text* pattern, char* value, int bytes);

}  // namespace cdp::pg
