/// When what was read from tables still holds.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "utils/snapmgr.h"
}

namespace cdp::pg {

/// A query's snapshot by content. While it stays the same no other transaction has ended whose
/// changes it could see, so what was read under it is still what there is.
struct QueryStamp {
  LocalTransactionId transaction;
  TransactionId xmin;
  TransactionId xmax;
  CommandId command;
  std::uint64_t completions;

  bool operator==(const QueryStamp&) const = default;
};

/// False when no query runs, or one that sees more than a snapshot.
inline bool StampOfNow(QueryStamp* stamp) {
  if (!ActiveSnapshotSet()) return false;
  const SnapshotData* snapshot = GetActiveSnapshot();
  if (snapshot->snapshot_type != SNAPSHOT_MVCC) return false;
  *stamp = {CurrentLocalTransaction(), snapshot->xmin, snapshot->xmax, snapshot->curcid,
            snapshot->snapXactCompletionCount};
  return true;
}

}  // namespace cdp::pg
