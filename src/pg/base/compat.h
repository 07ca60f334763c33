/// Differences between PostgreSQL 15, 16, 17 and 18, all in one place. Included by pg.h.
#pragma once

#if PG_VERSION_NUM < 150000
#error "pg_cdp needs PostgreSQL 15 or newer"
#endif

#if PG_VERSION_NUM >= 160000
extern "C" {
#include "nodes/miscnodes.h"
#include "varatt.h"
}
#endif

namespace cdp::pg {

/// Reads a timestamp with time zone without raising an error: false when the text is none, or is
/// 'infinity' or '-infinity'. The session's TimeZone fills in a missing zone.
bool TryParseTimestamptz(const char* text, TimestampTz* result);

/// The number of this session's transaction, another one for the next.
LocalTransactionId CurrentLocalTransaction();

}  // namespace cdp::pg
