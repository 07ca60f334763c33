#include "pg/base/table_fill.h"

#include <cstring>

#include "pg/base/compat_relation.h"
#include "pg/base/table_plain.h"

extern "C" {
#include "access/genam.h"
#include "access/heapam.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "catalog/pg_class.h"
#include "catalog/pg_trigger.h"
#include "executor/executor.h"
#include "storage/lmgr.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace cdp::pg {
namespace {

constexpr int kBatch = 1000;

// Indexes whose files this transaction has replaced, in its memory. Until it commits, others read
// the old files, which are as empty as the table is to them; when it does, nobody may be reading.
List* replaced = NIL;

// Waits for one index at a time and holds no other meanwhile: a reader who has one of them and
// comes for another can neither be stopped by us nor stop us for good.
void LockAll(const List* indexes) {
  const int count = list_length(indexes);
  Oid held = InvalidOid;
  for (int i = 0; i < count; ++i) {
    const Oid index = list_nth_oid(indexes, i);
    if (index == held || ConditionalLockRelationOid(index, AccessExclusiveLock)) continue;
    for (int k = 0; k < i; ++k) {
      const Oid taken = list_nth_oid(indexes, k);
      if (taken != held) UnlockRelationOid(taken, AccessExclusiveLock);
    }
    if (OidIsValid(held)) UnlockRelationOid(held, AccessExclusiveLock);
    LockRelationOid(index, AccessExclusiveLock);
    held = index;
    i = -1;
  }
}

void LockReplaced(XactEvent event, void*) {
  if (event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_PRE_PREPARE) LockAll(replaced);
  if (event != XACT_EVENT_PARALLEL_PRE_COMMIT) replaced = NIL;
}

void RememberReplaced(Oid index) {
  static bool is_registered = false;
  if (!is_registered) RegisterXactCallback(LockReplaced, nullptr);
  is_registered = true;
  const MemoryContext before = MemoryContextSwitchTo(TopTransactionContext);
  replaced = lappend_oid(replaced, index);
  MemoryContextSwitchTo(before);
}

bool HasRows(Relation table) {
  const Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
  TableScanDesc scan = table_beginscan(table, snapshot, 0, nullptr);
  TupleTableSlot* slot = table_slot_create(table, nullptr);
  const bool found = table_scan_getnextslot(scan, ForwardScanDirection, slot);
  ExecDropSingleTupleTableSlot(slot);
  table_endscan(scan);
  UnregisterSnapshot(snapshot);
  return found;
}

bool HasInsertTrigger(Relation table, const char* but_for) {
  const TriggerDesc* triggers = table->trigdesc;
  for (int i = 0; triggers != nullptr && i < triggers->numtriggers; ++i) {
    const Trigger& trigger = triggers->triggers[i];
    if (TRIGGER_FOR_INSERT(trigger.tgtype) && std::strcmp(trigger.tgname, but_for) != 0) {
      return true;
    }
  }
  return false;
}

struct Filling {
  Relation table;
  EState* estate;
  ResultRelInfo* target;
  TupleTableSlot** slots;
  int waiting;
  MemoryContext made;  // of rows that are waiting
  BulkInsertState bulk;
  CommandId command;
};

void WriteWaiting(Filling* filling) {
  table_multi_insert(filling->table, filling->slots, filling->waiting, filling->command, 0,
                     filling->bulk);
  for (int i = 0; i < filling->waiting; ++i) ExecClearTuple(filling->slots[i]);
  filling->waiting = 0;
  MemoryContextReset(filling->made);
}

TupleTableSlot* NextSlot(Filling* filling) {
  TupleTableSlot*& slot = filling->slots[filling->waiting];
  if (slot == nullptr) {
    const MemoryContext before = MemoryContextSwitchTo(filling->estate->es_query_cxt);
    slot = table_slot_create(filling->table, nullptr);
    MemoryContextSwitchTo(before);
  }
  return slot;
}

void TakeSlot(Filling* filling, TupleTableSlot* slot) {
  slot->tts_tableOid = RelationGetRelid(filling->table);
  if (RelationGetDescr(filling->table)->constr != nullptr) {
    ResetPerTupleExprContext(filling->estate);
    ExecConstraints(filling->target, slot, filling->estate);
  }
  if (++filling->waiting == kBatch) WriteWaiting(filling);
}

void CheckColumns(TupleDesc columns, void* closure) {
  const TupleDesc wanted = RelationGetDescr(static_cast<Filling*>(closure)->table);
  bool fits = columns->natts == wanted->natts;
  for (int i = 0; fits && i < wanted->natts; ++i) {
    fits = TupleDescAttr(columns, i)->atttypid == TupleDescAttr(wanted, i)->atttypid;
  }
  if (!fits) {
    ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                    errmsg("query must return the columns of the table to fill")));
  }
}

void TakeRow(TupleTableSlot* row, void* closure) {
  auto* filling = static_cast<Filling*>(closure);
  TupleTableSlot* slot = NextSlot(filling);
  ExecCopySlot(slot, row);
  TakeSlot(filling, slot);
}

void MakeRows(Filling* filling, const RowMaker& maker) {
  const int count = RelationGetDescr(filling->table)->natts;
  const MemoryContext before = MemoryContextSwitchTo(filling->made);
  for (std::size_t n = 0; n < maker.count; ++n) {
    CHECK_FOR_INTERRUPTS();
    TupleTableSlot* slot = NextSlot(filling);
    ExecClearTuple(slot);
    std::fill_n(slot->tts_isnull, count, false);
    maker.make(n, slot->tts_values, slot->tts_isnull, maker.closure);
    ExecStoreVirtualTuple(slot);
    TakeSlot(filling, slot);
  }
  MemoryContextSwitchTo(before);
}

void MakeIndexes(Relation table) {
  List* indexes = RelationGetIndexList(table);
  for (int i = 0; i < list_length(indexes); ++i) {
    const Oid id = list_nth_oid(indexes, i);
    RememberReplaced(id);
    // Nobody else writes to the table, and readers have the old file.
    Relation index = index_open(id, RowExclusiveLock);
    IndexInfo* info = BuildIndexInfo(index);
    ReplaceFile(index);
    // Not by parallel workers: they would lock readers out.
    index_build(table, index, info, true, false);
    index_close(index, NoLock);
    CommandCounterIncrement();
  }
  list_free(indexes);
}

// What the table is filled with: the rows of a query, or others.
struct Rows {
  const text* query;
  std::span<const TableColumn> columns;
  const RowMaker* maker;
  const char* but_for;  // a trigger that is not called
};

void WriteRows(Relation table, const Rows& rows) {
  Filling filling{};
  filling.table = table;
  filling.estate = CreateExecutorState();
  filling.target = makeNode(ResultRelInfo);
  InitResultRelInfo(filling.target, table, 0, nullptr, 0);
  filling.slots = static_cast<TupleTableSlot**>(palloc0(kBatch * sizeof(TupleTableSlot*)));
  filling.made =
      AllocSetContextCreate(CurrentMemoryContext, "cdp rows to write", ALLOCSET_DEFAULT_SIZES);
  filling.bulk = GetBulkInsertState();
  filling.command = GetCurrentCommandId(true);
  if (rows.query != nullptr) {
    RunQuery("query", rows.query, {CheckColumns, TakeRow, &filling}, Workers::kNone);
  } else {
    MakeRows(&filling, *rows.maker);
  }
  WriteWaiting(&filling);
  FreeBulkInsertState(filling.bulk);
  for (int i = 0; i < kBatch && filling.slots[i] != nullptr; ++i) {
    ExecDropSingleTupleTableSlot(filling.slots[i]);
  }
  MemoryContextDelete(filling.made);
  FreeExecutorState(filling.estate);
  CommandCounterIncrement();
}

bool TryFill(Oid id, const Rows& rows) {
  // Before the lock: who may not do this must not stop others either.
  if (get_rel_relkind(id) != RELKIND_RELATION || !OwnsRelation(id)) return false;
  Relation table = table_open(id, ShareRowExclusiveLock);
  const bool can = IsPlain(table) && !HasInsertTrigger(table, rows.but_for) &&
                   HasPlainIndexes(table) &&
                   (rows.query != nullptr || HasColumns(table, rows.columns)) && !HasRows(table);
  if (can) {
    WriteRows(table, rows);
    MakeIndexes(table);
  }
  table_close(table, can ? NoLock : ShareRowExclusiveLock);
  return can;
}

}  // namespace

bool TryFillTable(Oid table, const text* query, const char* but_for) {
  return TryFill(table, {query, {}, nullptr, but_for});
}

bool TryFillTable(Oid table, std::span<const TableColumn> columns, const RowMaker& maker) {
  return TryFill(table, {nullptr, columns, &maker, ""});
}

}  // namespace cdp::pg
