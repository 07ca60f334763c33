/// The server's interface of window functions.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "windowapi.h"
}
