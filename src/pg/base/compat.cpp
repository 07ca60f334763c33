#include "pg/base/compat_relation.h"

extern "C" {
#include "catalog/pg_class.h"
#include "storage/proc.h"
#include "utils/acl.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace cdp::pg {

LocalTransactionId CurrentLocalTransaction() {
#if PG_VERSION_NUM >= 170000
  return MyProc->vxid.lxid;
#else
  return MyProc->lxid;
#endif
}

IndexScanDesc BeginIndexScan(Relation table, Relation index, int keys) {
#if PG_VERSION_NUM >= 180000
  return index_beginscan(table, index, GetActiveSnapshot(), nullptr, keys, 0);
#else
  return index_beginscan(table, index, GetActiveSnapshot(), keys, 0);
#endif
}

bool ReplaceRow(ResultRelInfo* target, EState* estate, ItemPointer place, TupleTableSlot* slot) {
#if PG_VERSION_NUM >= 160000
  TU_UpdateIndexes indexes = TU_None;
#else
  bool indexes = false;
#endif
  TM_FailureData failure;
  LockTupleMode mode;
  if (table_tuple_update(target->ri_RelationDesc, place, slot, estate->es_output_cid,
                         GetActiveSnapshot(), InvalidSnapshot, true, &failure, &mode,
                         &indexes) != TM_Ok) {
    return false;
  }
#if PG_VERSION_NUM >= 160000
  if (indexes != TU_None) {
    ExecInsertIndexTuples(target, slot, estate, true, false, nullptr, NIL,
                          indexes == TU_Summarizing);
  }
#else
  if (indexes) ExecInsertIndexTuples(target, slot, estate, true, false, nullptr, NIL);
#endif
  return true;
}

#if PG_VERSION_NUM >= 160000

bool OwnsRelation(Oid relation) {
  return object_ownercheck(RelationRelationId, relation, GetUserId());
}

void ReplaceFile(Relation relation) {
  RelationSetNewRelfilenumber(relation, relation->rd_rel->relpersistence);
}

bool TryParseTimestamptz(const char* text, TimestampTz* result) {
  ErrorSaveContext escape = {};
  escape.type = T_ErrorSaveContext;
  Datum datum = 0;
  if (!DirectInputFunctionCallSafe(timestamptz_in, const_cast<char*>(text), InvalidOid, -1,
                                   reinterpret_cast<Node*>(&escape), &datum)) {
    return false;
  }
  *result = DatumGetTimestampTz(datum);
  return !TIMESTAMP_NOT_FINITE(*result);
}

#else

bool OwnsRelation(Oid relation) { return pg_class_ownercheck(relation, GetUserId()); }

void ReplaceFile(Relation relation) {
  RelationSetNewRelfilenode(relation, relation->rd_rel->relpersistence);
}

// Before 16 timestamptz_in can only raise; its parts report by code instead.
static bool DecodeTimestamptz(const char* text, TimestampTz* result) {
  char work[MAXDATELEN + MAXDATEFIELDS];
  char* field[MAXDATEFIELDS];
  int field_type[MAXDATEFIELDS];
  int fields = 0;
  if (ParseDateTime(text, work, sizeof(work), field, field_type, MAXDATEFIELDS, &fields) != 0) {
    return false;
  }
  int kind = 0;
  int zone = 0;
  fsec_t fraction = 0;
  struct pg_tm parts = {};
  if (DecodeDateTime(field, field_type, fields, &kind, &parts, &fraction, &zone) != 0) return false;
  if (kind == DTK_EPOCH) {
    *result = SetEpochTimestamp();
    return true;
  }
  if (kind != DTK_DATE) return false;
  return tm2timestamp(&parts, fraction, &zone, result) == 0 && IS_VALID_TIMESTAMP(*result);
}

bool TryParseTimestamptz(const char* text, TimestampTz* result) {
  const MemoryContext context = CurrentMemoryContext;
  volatile bool parsed = false;
  PG_TRY();
  { parsed = DecodeTimestamptz(text, result); }
  PG_CATCH();
  {
    // An unrecognized time zone is the one thing that the parts raise. Nothing is held by then, so
    // no subtransaction has to clean up.
    MemoryContextSwitchTo(context);
    ErrorData* error = CopyErrorData();
    FlushErrorState();
    if (ERRCODE_TO_CATEGORY(error->sqlerrcode) != ERRCODE_DATA_EXCEPTION) ReThrowError(error);
    FreeErrorData(error);
  }
  PG_END_TRY();
  return parsed;
}

#endif

}  // namespace cdp::pg
