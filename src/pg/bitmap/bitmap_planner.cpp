/// What the planner asks about bitmaps: how many rows, which share of rows, which index.

#include "core/bitmap/bitmap_bounds.h"
#include "pg/base/planner.h"
#include "pg/bitmap/bitmap_datum.h"

namespace cdp::pg {
namespace {

using bitmap::BitmapView;
using bitmap::Bytes;
using bitmap::SignedBounds;

// The server's own guess for "contains" of things it knows nothing about.
constexpr double kGuess = 0.001;

// Up to so many values an index looks each up by itself, unless they lie so close together that one
// range of the index is as good.
constexpr std::uint64_t kMaxLookups = 1000;
constexpr std::uint64_t kDenseRange = 4;

Node* NodeOf(void* node) { return static_cast<Node*>(node); }

// The constant that an expression is or will be; null when that cannot be known.
const Const* Foreseen(PlannerInfo* root, Node* expression) {
  Node* value = estimate_expression_value(root, expression);
  if (!IsA(value, Const)) return nullptr;
  const auto* constant = reinterpret_cast<const Const*>(value);
  return constant->constisnull ? nullptr : constant;
}

// A slot of statistics as numbers of the core.
std::span<const std::int32_t> NumbersOf(const AttStatsSlot& slot) {
  auto* numbers =
      static_cast<std::int32_t*>(palloc(sizeof(std::int32_t) * static_cast<Size>(slot.nvalues)));
  for (int i = 0; i < slot.nvalues; ++i) numbers[i] = DatumGetInt32(slot.values[i]);
  return {numbers, static_cast<std::size_t>(slot.nvalues)};
}

bitmap::ColumnStats StatsOf(VariableStatData* column, Oid function) {
  bitmap::ColumnStats stats = {};
  bool is_default = false;
  stats.distinct = get_variable_numdistinct(column, &is_default);
  if (is_default && column->rel != nullptr) stats.distinct = column->rel->tuples;
  if (!HeapTupleIsValid(column->statsTuple)) return stats;
  const auto* row = reinterpret_cast<Form_pg_statistic>(GETSTRUCT(column->statsTuple));
  stats.null_share = row->stanullfrac;
  if (!statistic_proc_security_check(column, function)) return stats;
  AttStatsSlot slot;
  if (get_attstatsslot(&slot, column->statsTuple, STATISTIC_KIND_MCV, InvalidOid,
                       ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS)) {
    if (slot.nvalues == slot.nnumbers) {
      stats.common = NumbersOf(slot);
      auto* shares = static_cast<float*>(palloc(sizeof(float) * stats.common.size()));
      std::copy_n(slot.numbers, slot.nnumbers, shares);
      stats.common_share = {shares, stats.common.size()};
    }
    free_attstatsslot(&slot);
  }
  if (get_attstatsslot(&slot, column->statsTuple, STATISTIC_KIND_HISTOGRAM, InvalidOid,
                       ATTSTATSSLOT_VALUES)) {
    stats.histogram = NumbersOf(slot);
    free_attstatsslot(&slot);
  }
  return stats;
}

// The share of rows whose int4 column is in a bitmap that is known.
double MemberSelectivity(PlannerInfo* root, Oid function, List* args, int relation) {
  VariableStatData column;
  Node* other = nullptr;
  bool column_is_left = false;
  if (!get_restriction_variable(root, args, relation, &column, &other, &column_is_left)) {
    return kGuess;
  }
  double share = kGuess;
  const Const* constant = column.vartype == INT4OID ? Foreseen(root, other) : nullptr;
  if (constant != nullptr) {
    const Bytes bytes = BitmapBytes(constant->constvalue);
    const bitmap::ColumnStats stats = StatsOf(&column, function);
    share = CallCore([&] { return bitmap::MemberShare(BitmapView(bytes), stats); });
    CLAMP_PROBABILITY(share);
  }
  ReleaseVariableStats(column);
  return share;
}

// A clause `column operator value` of an index's family.
Expr* Comparison(Oid family, int strategy, Node* column, Expr* value) {
  const Oid operation = get_opfamily_member(family, INT4OID, INT4OID, static_cast<int16>(strategy));
  Expr* clause = make_opclause(operation, BOOLOID, false, reinterpret_cast<Expr*>(column), value,
                               InvalidOid, InvalidOid);
  set_opfuncid(reinterpret_cast<OpExpr*>(clause));
  return clause;
}

List* Range(Oid family, Node* column, Expr* least, Expr* greatest) {
  return list_make2(Comparison(family, BTGreaterEqualStrategyNumber, column, least),
                    Comparison(family, BTLessEqualStrategyNumber, column, greatest));
}

Expr* NumberNode(std::int32_t number) {
  return reinterpret_cast<Expr*>(
      makeConst(INT4OID, -1, InvalidOid, sizeof(std::int32_t), Int32GetDatum(number), false, true));
}

// column = ANY (the values), which answers exactly.
List* Lookups(Oid family, Node* column, Bytes bytes) {
  const varlena* values = CallCore([bytes] { return NewArrayOfBitmap(bytes); });
  Const* array = makeConst(INT4ARRAYOID, -1, InvalidOid, -1, PointerGetDatum(values), false, false);
  ScalarArrayOpExpr* clause = makeNode(ScalarArrayOpExpr);
  clause->opno = get_opfamily_member(family, INT4OID, INT4OID, BTEqualStrategyNumber);
  clause->opfuncid = get_opcode(clause->opno);
  clause->useOr = true;
  clause->args = list_make2(column, array);
  clause->location = -1;
  return list_make1(clause);
}

List* ConditionOfConstant(SupportRequestIndexCondition* request, Node* column, const Const* value) {
  if (value->constisnull) return NIL;
  struct Answer {
    std::uint64_t cardinality;
    SignedBounds bounds;
  };
  const Bytes bytes = BitmapBytes(value->constvalue);
  const Answer answer = CallCore([bytes] {
    const BitmapView view(bytes);
    return Answer{view.Cardinality(), view.empty() ? SignedBounds{} : bitmap::BoundsOf(view)};
  });
  const auto [least, greatest] = answer.bounds;
  const std::uint64_t width = static_cast<std::uint64_t>(std::int64_t{greatest} - least) + 1;
  const bool is_dense = width <= kDenseRange * answer.cardinality;
  if (answer.cardinality == 0 || (answer.cardinality <= kMaxLookups && !is_dense)) {
    request->lossy = false;
    return Lookups(request->opfamily, column, bytes);
  }
  request->lossy = width != answer.cardinality;
  return Range(request->opfamily, column, NumberNode(least), NumberNode(greatest));
}

// A call of an internal function of ours, which lives beside the function that was asked about.
Expr* CallOf(const char* name, Oid neighbour, Node* bitmap) {
  Oid type = exprType(bitmap);
  const Oid function = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum(name),
                                       PointerGetDatum(buildoidvector(&type, 1)),
                                       ObjectIdGetDatum(get_func_namespace(neighbour)));
  if (!OidIsValid(function)) return nullptr;
  return reinterpret_cast<Expr*>(makeFuncExpr(function, INT4OID, list_make1(bitmap), InvalidOid,
                                              InvalidOid, COERCE_EXPLICIT_CALL));
}

// The bitmap is known when the query runs: its bounds are asked for then.
List* ConditionOfExpression(SupportRequestIndexCondition* request, Node* column, Node* bitmap) {
  if (!is_pseudo_constant_for_index(request->root, bitmap, request->index)) return NIL;
  Expr* least = CallOf("_rb_least", request->funcid, bitmap);
  Expr* greatest = CallOf("_rb_greatest", request->funcid, bitmap);
  if (least == nullptr || greatest == nullptr) return NIL;
  request->lossy = true;
  return Range(request->opfamily, column, least, greatest);
}

List* ConditionFor(SupportRequestIndexCondition* request) {
  List* args = NIL;
  if (is_opclause(request->node)) args = reinterpret_cast<OpExpr*>(request->node)->args;
  if (is_funcclause(request->node)) args = reinterpret_cast<FuncExpr*>(request->node)->args;
  if (list_length(args) != 2 || request->index->relam != BTREE_AM_OID ||
      request->opfamily != INTEGER_BTREE_FAM_OID) {
    return NIL;
  }
  Node* column = NodeOf(list_nth(args, request->indexarg));
  Node* bitmap = NodeOf(list_nth(args, 1 - request->indexarg));
  if (exprType(column) != INT4OID) return NIL;
  if (IsA(bitmap, Const)) {
    return ConditionOfConstant(request, column, reinterpret_cast<const Const*>(bitmap));
  }
  return ConditionOfExpression(request, column, bitmap);
}

// One end of a bitmap in signed order; null of an empty one, so that a comparison finds nothing.
template <class End>
Datum SignedEnd(FunctionCallInfo fcinfo, End end) {
  struct Answer {
    bool exists;
    SignedBounds bounds;
  };
  const Bytes bytes = BitmapArgument(fcinfo, 0);
  const Answer answer = CallCore([bytes] {
    const BitmapView view(bytes);
    return view.empty() ? Answer{} : Answer{true, bitmap::BoundsOf(view)};
  });
  if (!answer.exists) PG_RETURN_NULL();
  PG_RETURN_INT32(end(answer.bounds));
}

}  // namespace

CDP_FUNCTION(cdp_rb_iterate_support) {
  Node* node = NodeOf(PG_GETARG_POINTER(0));
  if (!IsA(node, SupportRequestRows)) PG_RETURN_POINTER(nullptr);
  auto* request = reinterpret_cast<SupportRequestRows*>(node);
  if (!is_funcclause(request->node)) PG_RETURN_POINTER(nullptr);
  List* args = reinterpret_cast<FuncExpr*>(request->node)->args;
  const Const* constant = Foreseen(request->root, NodeOf(linitial(args)));
  if (constant == nullptr) PG_RETURN_POINTER(nullptr);
  const Bytes bytes = BitmapBytes(constant->constvalue);
  request->rows =
      CallCore([bytes] { return static_cast<double>(BitmapView(bytes).Cardinality()); });
  PG_RETURN_POINTER(request);
}

CDP_FUNCTION(cdp_rb_member_support) {
  Node* node = NodeOf(PG_GETARG_POINTER(0));
  if (IsA(node, SupportRequestSelectivity)) {
    auto* request = reinterpret_cast<SupportRequestSelectivity*>(node);
    if (request->is_join) PG_RETURN_POINTER(nullptr);
    request->selectivity =
        MemberSelectivity(request->root, request->funcid, request->args, request->varRelid);
    PG_RETURN_POINTER(request);
  }
  if (IsA(node, SupportRequestIndexCondition)) {
    PG_RETURN_POINTER(ConditionFor(reinterpret_cast<SupportRequestIndexCondition*>(node)));
  }
  PG_RETURN_POINTER(nullptr);
}

CDP_FUNCTION(cdp_rb_member_selectivity) {
  auto* root = reinterpret_cast<PlannerInfo*>(PG_GETARG_POINTER(0));
  auto* args = reinterpret_cast<List*>(PG_GETARG_POINTER(2));
  PG_RETURN_FLOAT8(MemberSelectivity(root, get_opcode(PG_GETARG_OID(1)), args, PG_GETARG_INT32(3)));
}

CDP_FUNCTION(cdp__rb_least) {
  return SignedEnd(fcinfo, [](const SignedBounds& bounds) { return bounds.least; });
}
CDP_FUNCTION(cdp__rb_greatest) {
  return SignedEnd(fcinfo, [](const SignedBounds& bounds) { return bounds.greatest; });
}

}  // namespace cdp::pg
