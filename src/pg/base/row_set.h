/// Set-returning functions whose rows have several columns.
#pragma once

#include "pg/base/pg.h"

namespace cdp::pg {

/// The shape of the rows that the query expects, ready for heap_form_tuple, in the current context.
/// May longjmp: for the first call of the function.
TupleDesc RowShape(FunctionCallInfo fcinfo);

}  // namespace cdp::pg
