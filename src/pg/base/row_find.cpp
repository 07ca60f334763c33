#include "pg/base/row_find.h"

#include "pg/base/compat_relation.h"

extern "C" {
#include "access/relscan.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
}

namespace cdp::pg {
namespace {

constexpr std::size_t kMostColumns = 4;

bool IsKey(Relation index, std::span<const int16> columns) {
  const Form_pg_index shape = index->rd_index;
  return shape->indisunique && static_cast<std::size_t>(shape->indnkeyatts) == columns.size() &&
         std::equal(columns.begin(), columns.end(), shape->indkey.values) &&
         RelationGetIndexPredicate(index) == NIL;
}

/// The open index, or nullptr.
Relation OpenKey(Relation table, std::span<const int16> columns) {
  List* indexes = RelationGetIndexList(table);
  Relation found = nullptr;
  for (int i = 0; i < list_length(indexes) && found == nullptr; ++i) {
    Relation index = index_open(list_nth_oid(indexes, i), AccessShareLock);
    if (IsKey(index, columns)) {
      found = index;
    } else {
      index_close(index, AccessShareLock);
    }
  }
  list_free(indexes);
  return found;
}

void Find(Relation table, Relation index, const RowFinder& finder) {
  const auto count = static_cast<int>(finder.columns.size());
  ScanKeyData keys[kMostColumns];
  Datum key[kMostColumns];
  for (int i = 0; i < count; ++i) {
    const Oid type = index->rd_opcintype[i];
    const Oid equals =
        get_opfamily_member(index->rd_opfamily[i], type, type, BTEqualStrategyNumber);
    ScanKeyEntryInitialize(&keys[i], 0, static_cast<AttrNumber>(i + 1), BTEqualStrategyNumber,
                           InvalidOid, index->rd_indcollation[i], get_opcode(equals), 0);
  }
  TupleTableSlot* slot = table_slot_create(table, nullptr);
  IndexScanDesc scan = BeginIndexScan(table, index, count);
  const MemoryContext each =
      AllocSetContextCreate(CurrentMemoryContext, "cdp keys to find", ALLOCSET_SMALL_SIZES);
  for (std::size_t n = 0; n < finder.count; ++n) {
    CHECK_FOR_INTERRUPTS();
    MemoryContextReset(each);
    // The scan keeps what it allocates.
    const MemoryContext before = MemoryContextSwitchTo(each);
    const bool is_wanted = finder.key(n, key, finder.closure);
    MemoryContextSwitchTo(before);
    if (!is_wanted) continue;
    for (int i = 0; i < count; ++i) keys[i].sk_argument = key[i];
    index_rescan(scan, keys, count, nullptr, 0);
    if (!index_getnext_slot(scan, ForwardScanDirection, slot)) continue;
    slot_getallattrs(slot);
    finder.found(n, slot->tts_tid, slot->tts_values, finder.closure);
  }
  MemoryContextDelete(each);
  index_endscan(scan);
  ExecDropSingleTupleTableSlot(slot);
}

}  // namespace

bool FindByKey(Oid id, std::span<const TableColumn> columns, const RowFinder& finder) {
  if (get_rel_relkind(id) != RELKIND_RELATION || !OwnsRelation(id)) return false;
  Relation table = table_open(id, AccessShareLock);
  Relation index = nullptr;
  if (IsPlain(table) && HasPlainIndexes(table) && HasColumns(table, columns)) {
    index = OpenKey(table, finder.columns);
  }
  if (index != nullptr) {
    Find(table, index, finder);
    index_close(index, NoLock);
  }
  table_close(table, NoLock);
  return index != nullptr;
}

}  // namespace cdp::pg
