/// Differences between the servers' versions in handling tables and indexes; see compat.h.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "access/genam.h"
#include "access/tableam.h"
#include "executor/executor.h"
#include "utils/relcache.h"
}

namespace cdp::pg {

/// Does the current user own this table, by membership too?
bool OwnsRelation(Oid relation);

/// Gives a table or index a new, empty file, for good when the transaction commits.
void ReplaceFile(Relation relation);

/// Begins to look for rows by an index, as the active snapshot shows them.
IndexScanDesc BeginIndexScan(Relation table, Relation index, int keys);

/// Writes what is in `slot` in place of the row at `place`, and into all indexes unless it stays on
/// its page. False when that row is not the newest any more. Waits for who is just changing it.
bool ReplaceRow(ResultRelInfo* target, EState* estate, ItemPointer place, TupleTableSlot* slot);

}  // namespace cdp::pg
