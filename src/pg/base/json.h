/// The server's jsonb, for functions that build one.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "utils/json.h"
#include "utils/jsonb.h"
}
