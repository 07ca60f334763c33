/// _table_fill_at_once: the rows of a query into a table that is empty.

#include "pg/base/table_fill.h"

namespace cdp::pg {

CDP_FUNCTION(cdp__table_fill_at_once) {
  PG_RETURN_BOOL(TryFillTable(PG_GETARG_OID(0), PG_GETARG_TEXT_PP(1),
                              TextDatumGetCString(PG_GETARG_DATUM(2))));
}

}  // namespace cdp::pg
