/// What the planner makes of counts of nested set operations.

#include "core/bitmap/bitmap_formula.h"
#include "pg/base/planner.h"
#include "pg/bitmap/bitmap64_datum.h"
#include "pg/bitmap/bitmap_datum.h"

namespace cdp::pg {
namespace {

using bitmap::Bytes;

// The operands' type cannot be declared: their number is open, and to put them into an array would
// fetch all of them.
void CheckOperands(FunctionCallInfo fcinfo, const char* type_name) {
  if (!IsFirstCall(fcinfo)) return;
  const FmgrInfo* function = fcinfo->flinfo;
  const Oid type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(type_name),
                                   ObjectIdGetDatum(get_func_namespace(function->fn_oid)));
  bool fits = OidIsValid(type) && !get_fn_expr_variadic(fcinfo->flinfo);
  for (int n = 1; n < fcinfo->nargs; ++n) {
    fits = fits && getBaseType(get_fn_expr_argtype(fcinfo->flinfo, n)) == type;
  }
  if (!fits) {
    ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                    errmsg("operands of a set formula must be of type %s", type_name)));
  }
}

// Calls `count(formula, operands, memory)`, of which `bytes_of(fcinfo, n)` gives each.
template <class BytesOf, class Count>
Datum CountFormula(FunctionCallInfo fcinfo, const char* type_name, BytesOf bytes_of, Count count) {
  CheckOperands(fcinfo, type_name);
  const std::string_view wording = ViewOf(PG_GETARG_TEXT_PP(0));
  const auto given = static_cast<std::size_t>(fcinfo->nargs - 1);
  auto* operands = static_cast<Bytes*>(palloc(given * sizeof(Bytes)));
  for (std::size_t n = 0; n < given; ++n) {
    operands[n] = bytes_of(fcinfo, static_cast<int>(n) + 1);
  }
  PG_RETURN_INT64(CallCore([=] {
    ContextResource memory(CurrentMemoryContext);
    const bitmap::Formula formula(wording, &memory);
    if (formula.operands() > given) {
      throw Error(ErrorCode::kInvalidArgument, "set formula has more operands than there are");
    }
    return count(formula, std::span<const Bytes>(operands, given), &memory);
  }));
}

}  // namespace

CDP_FUNCTION(cdp__rb_formula_cardinality) {
  return CountFormula(fcinfo, "roaringbitmap", KeptBitmapArgument, bitmap::CountFormula);
}

CDP_FUNCTION(cdp__rb64_formula_cardinality) {
  return CountFormula(fcinfo, "roaringbitmap64", KeptBitmap64Argument, bitmap::CountFormula64);
}

}  // namespace cdp::pg
