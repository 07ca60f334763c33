#include "pg/base/table_plain.h"

#include "pg/base/pg.h"

extern "C" {
#include "access/genam.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "storage/lmgr.h"
#include "utils/rel.h"
#include "utils/rls.h"
}

namespace cdp::pg {

bool IsPlain(Relation table) {
  const Form_pg_class shape = table->rd_rel;
  if (shape->relkind != RELKIND_RELATION || shape->relispartition || shape->relhassubclass ||
      shape->relam != HEAP_TABLE_AM_OID ||
      check_enable_rls(RelationGetRelid(table), InvalidOid, true) == RLS_ENABLED) {
    return false;
  }
  const TupleDesc columns = RelationGetDescr(table);
  if (columns->constr != nullptr && columns->constr->has_generated_stored) return false;
  for (int i = 0; i < columns->natts; ++i) {
    const auto* column = TupleDescAttr(columns, i);
    if (column->attisdropped || column->attidentity != '\0' || column->attgenerated != '\0') {
      return false;
    }
  }
  return true;
}

bool HasPlainIndexes(Relation table) {
  bool are_plain = true;
  List* indexes = RelationGetIndexList(table);
  for (int i = 0; i < list_length(indexes); ++i) {
    Relation index = index_open(list_nth_oid(indexes, i), AccessShareLock);
    const Form_pg_index shape = index->rd_index;
    are_plain = are_plain && index->rd_rel->relam == BTREE_AM_OID && shape->indisvalid &&
                shape->indisready && shape->indimmediate && !shape->indisexclusion;
    index_close(index, AccessShareLock);
  }
  list_free(indexes);
  return are_plain;
}

bool HasColumns(Relation table, std::span<const TableColumn> columns) {
  const TupleDesc found = RelationGetDescr(table);
  bool fits = static_cast<std::size_t>(found->natts) == columns.size();
  for (int i = 0; fits && i < found->natts; ++i) {
    const auto* column = TupleDescAttr(found, i);
    const TableColumn& wanted = columns[static_cast<std::size_t>(i)];
    fits = namestrcmp(const_cast<Name>(&column->attname), wanted.name) == 0 &&
           column->atttypid == wanted.type;
  }
  return fits;
}

}  // namespace cdp::pg
