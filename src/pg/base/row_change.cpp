#include "pg/base/row_change.h"

#include "pg/base/compat_relation.h"

extern "C" {
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_trigger.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace cdp::pg {
namespace {

// A trigger that names columns is called only when an UPDATE does so too.
bool HasUpdateTrigger(Relation table, std::span<const int16> changed) {
  const TriggerDesc* triggers = table->trigdesc;
  for (int i = 0; triggers != nullptr && i < triggers->numtriggers; ++i) {
    const Trigger& trigger = triggers->triggers[i];
    if (!TRIGGER_FOR_UPDATE(trigger.tgtype)) continue;
    const std::span<const int16> named(trigger.tgattr, static_cast<std::size_t>(trigger.tgnattr));
    if (named.empty() || std::find_first_of(named.begin(), named.end(), changed.begin(),
                                            changed.end()) != named.end()) {
      return true;
    }
  }
  return false;
}

void Change(Relation table, const RowChanger& changer) {
  EState* estate = CreateExecutorState();
  estate->es_output_cid = GetCurrentCommandId(true);
  const auto target = makeNode(ResultRelInfo);
  InitResultRelInfo(target, table, 0, nullptr, 0);
  ExecOpenIndices(target, false);
  const TupleDesc columns = RelationGetDescr(table);
  const auto count = static_cast<std::size_t>(columns->natts);
  TupleTableSlot* found = table_slot_create(table, nullptr);
  TupleTableSlot* changed = MakeSingleTupleTableSlot(columns, &TTSOpsVirtual);
  changed->tts_tableOid = RelationGetRelid(table);
  for (std::size_t n = 0; n < changer.count; ++n) {
    CHECK_FOR_INTERRUPTS();
    ItemPointerData place = changer.place(n, changer.closure);
    if (!ItemPointerIsValid(&place) ||
        !table_tuple_fetch_row_version(table, &place, GetActiveSnapshot(), found)) {
      continue;
    }
    slot_getallattrs(found);
    ExecClearTuple(changed);
    std::copy_n(found->tts_values, count, changed->tts_values);
    std::copy_n(found->tts_isnull, count, changed->tts_isnull);
    if (!changer.change(n, changed->tts_values, changer.closure)) continue;
    ExecStoreVirtualTuple(changed);
    ResetPerTupleExprContext(estate);
    if (columns->constr != nullptr) ExecConstraints(target, changed, estate);
    if (ReplaceRow(target, estate, &place, changed)) changer.done(n, changer.closure);
  }
  ExecDropSingleTupleTableSlot(changed);
  ExecDropSingleTupleTableSlot(found);
  ExecCloseIndices(target);
  FreeExecutorState(estate);
  CommandCounterIncrement();
}

}  // namespace

void ChangeRows(Oid id, std::span<const TableColumn> columns, const RowChanger& changer) {
  if (get_rel_relkind(id) != RELKIND_RELATION || !OwnsRelation(id)) return;
  Relation table = table_open(id, RowExclusiveLock);
  if (IsPlain(table) && !table->rd_rel->relhasrules && !HasUpdateTrigger(table, changer.changed) &&
      HasPlainIndexes(table) && HasColumns(table, columns)) {
    Change(table, changer);
  }
  table_close(table, NoLock);
}

}  // namespace cdp::pg
