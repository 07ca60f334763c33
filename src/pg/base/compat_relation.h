/// Differences between the servers' versions in handling tables and indexes; see compat.h.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "utils/relcache.h"
}

namespace cdp::pg {

/// Does the current user own this table, by membership too?
bool OwnsRelation(Oid relation);

/// Gives a table or index a new, empty file, for good when the transaction commits.
void ReplaceFile(Relation relation);

}  // namespace cdp::pg
