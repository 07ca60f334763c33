/// Index conditions for `column <@ bitmap` of both types.
///
/// A btree can look every member up, `column = ANY (members)`, which answers exactly; or walk from
/// the least member to the greatest, each row then being asked whether it is one. Lookups read
/// nothing in vain, but each goes down the tree and the array has to be made; so the choice needs
/// to know about how many members there are. Where nothing is known of the bitmap before the query
/// runs, it is the range: it is right and bounded whatever the bitmap is.

#include "pg/bitmap/bitmap_planner.h"

namespace cdp::pg {
namespace {

using bitmap::Bytes;
template <class Kind>
using Bounds = bitmap::SignedBounds<typename Kind::Number>;

// The names of the internal functions that conditions call.
struct Callees {
  const char* least;
  const char* greatest;
  const char* lookups;
};
constexpr Callees CalleesOf(Kind32) { return {"_rb_least", "_rb_greatest", "_rb_lookups"}; }
constexpr Callees CalleesOf(Kind64) { return {"_rb64_least", "_rb64_greatest", "_rb64_lookups"}; }

// A plan holds so many members as a list of numbers; more are listed when it runs.
constexpr std::uint64_t kMaxListed = 1000;
// The list takes some 20 bytes a member while the query runs.
constexpr std::uint64_t kMaxLookups = 1000000;
// A lookup costs about as much as so many rows of a range.
constexpr std::uint64_t kRowsPerLookup = 4;

template <class Kind>
Oid OperatorOf(const SupportRequestIndexCondition* request, int strategy) {
  return get_opfamily_member(request->opfamily, Kind::kType, Kind::kType,
                             static_cast<int16>(strategy));
}

// A clause `column operator value` of the index's family.
template <class Kind>
Expr* Comparison(const SupportRequestIndexCondition* request, int strategy, Node* column,
                 Expr* value) {
  Expr* clause = make_opclause(OperatorOf<Kind>(request, strategy), BOOLOID, false,
                               reinterpret_cast<Expr*>(column), value, InvalidOid, InvalidOid);
  set_opfuncid(reinterpret_cast<OpExpr*>(clause));
  return clause;
}

template <class Kind>
List* Range(const SupportRequestIndexCondition* request, Node* column, Expr* least,
            Expr* greatest) {
  return list_make2(Comparison<Kind>(request, BTGreaterEqualStrategyNumber, column, least),
                    Comparison<Kind>(request, BTLessEqualStrategyNumber, column, greatest));
}

template <class Kind>
Expr* NumberNode(typename Kind::Number number) {
  constexpr int kSize = sizeof(typename Kind::Number);
  return reinterpret_cast<Expr*>(makeConst(Kind::kType, -1, InvalidOid, kSize,
                                           Kind::DatumOf(static_cast<typename Kind::Value>(number)),
                                           false, kSize <= 4 || FLOAT8PASSBYVAL));
}

template <class Kind>
List* Range(const SupportRequestIndexCondition* request, Node* column, const Bounds<Kind>& bounds) {
  return Range<Kind>(request, column, NumberNode<Kind>(bounds.least),
                     NumberNode<Kind>(bounds.greatest));
}

// column = ANY (members)
template <class Kind>
List* Lookups(const SupportRequestIndexCondition* request, Node* column, Expr* members) {
  ScalarArrayOpExpr* clause = makeNode(ScalarArrayOpExpr);
  clause->opno = OperatorOf<Kind>(request, BTEqualStrategyNumber);
  clause->opfuncid = get_opcode(clause->opno);
  clause->useOr = true;
  clause->args = list_make2(column, members);
  clause->location = -1;
  return list_make1(clause);
}

template <class Kind>
varlena* NewArrayOf(Bytes bytes) {
  ArrayType* array = NewArray(Kind::kType, sizeof(typename Kind::Value), Kind::Cardinality(bytes),
                              "Use a set of fewer members.");
  if (ARR_NDIM(array) != 0) {
    Kind::Decode(bytes, reinterpret_cast<typename Kind::Value*>(ARR_DATA_PTR(array)));
  }
  return reinterpret_cast<varlena*>(array);
}

// All members as a constant; null when they cannot be read.
template <class Kind>
Expr* ListOf(const Const* bitmap) {
  const varlena* members = AskConstant<Kind>(bitmap, static_cast<varlena*>(nullptr),
                                             [](Bytes bytes) { return NewArrayOf<Kind>(bytes); });
  if (members == nullptr) return nullptr;
  return reinterpret_cast<Expr*>(
      makeConst(Kind::kArrayType, -1, InvalidOid, -1, PointerGetDatum(members), false, false));
}

Expr* OwnCall(const char* name, Oid result, Oid neighbour, Node* bitmap) {
  return CallOf(name, result, neighbour, {{exprType(bitmap)}}, list_make1(bitmap));
}

template <class Kind>
struct Members {
  std::uint64_t count;
  Bounds<Kind> bounds;
  bool is_known = true;  // of bytes that can be read

  // One less than the numbers from the least to the greatest, which can be 2^64.
  std::uint64_t Width() const {
    using Value = typename Kind::Value;
    return static_cast<Value>(static_cast<Value>(bounds.greatest) -
                              static_cast<Value>(bounds.least));
  }
  bool IsSolid() const { return Width() == count - 1; }
  bool IsDense() const { return Width() / kRowsPerLookup < count; }
};

// For use inside CallCore.
template <class Kind>
Members<Kind> MembersOf(Bytes bytes) {
  return AskLookup<Kind>(bytes, [](const auto& lookup) {
    const std::uint64_t count = lookup.Cardinality();
    return Members<Kind>{count, count == 0 ? Bounds<Kind>{} : bitmap::BoundsOf(lookup)};
  });
}

// Whether a range needs no second look at its rows. What the headers say is not enough for that.
template <class Kind>
bool IsSurelySolid(const Const* bitmap, const Members<Kind>& members) {
  return members.IsSolid() && AskConstant<Kind>(bitmap, false, Kind::IsSound);
}

// Whether lookups are cheaper than the range, where every row is asked by evaluating `bitmap`.
template <class Kind>
bool LookupsAreBetter(const SupportRequestIndexCondition* request, Node* column, Node* bitmap,
                      const Members<Kind>& members) {
  if (members.count == 0) return true;
  if (members.count > kMaxLookups) return false;
  if (members.count <= kMaxListed && !members.IsDense()) return true;
  const RelOptInfo* table = request->index->rel;
  const double rows =
      table->tuples * clauselist_selectivity(request->root,
                                             Range<Kind>(request, column, members.bounds),
                                             static_cast<int>(table->relid), JOIN_INNER, nullptr);
  QualCost recheck;
  cost_qual_eval_node(&recheck, bitmap, request->root);
  const double row_cost = cpu_index_tuple_cost + cpu_tuple_cost;
  return static_cast<double>(members.count * kRowsPerLookup) * row_cost <
         rows * (row_cost + recheck.per_tuple);
}

template <class Kind>
List* ConditionOfConstant(SupportRequestIndexCondition* request, Node* column, Const* bitmap) {
  if (bitmap->constisnull) return NIL;
  constexpr Members<Kind> kUnknown = {0, {}, false};
  const auto members = AskConstant<Kind>(bitmap, kUnknown, MembersOf<Kind>);
  if (!members.is_known) return NIL;
  if (LookupsAreBetter(request, column, NodeOf(bitmap), members)) {
    request->lossy = false;
    Expr* list = members.count <= kMaxListed ? ListOf<Kind>(bitmap)
                                             : OwnCall(CalleesOf(Kind()).lookups, Kind::kArrayType,
                                                       request->funcid, NodeOf(bitmap));
    return list == nullptr ? NIL : Lookups<Kind>(request, column, list);
  }
  request->lossy = !IsSurelySolid<Kind>(bitmap, members);
  return Range<Kind>(request, column, members.bounds);
}

// The bitmap is known when the query runs: its bounds are asked for then. What a stable function
// says while planning is no ground for lookups: the plan may be kept, and the set may have grown.
template <class Kind>
List* ConditionOfExpression(SupportRequestIndexCondition* request, Node* column, Node* bitmap) {
  if (!is_pseudo_constant_for_index(request->root, bitmap, request->index)) return NIL;
  const auto call = [=](const char* name, Oid result) {
    return OwnCall(name, result, request->funcid, bitmap);
  };
  constexpr Callees kCallees = CalleesOf(Kind());
  request->lossy = true;
  return Range<Kind>(request, column, call(kCallees.least, Kind::kType),
                     call(kCallees.greatest, Kind::kType));
}

// One end of a bitmap in signed order; null of an empty one, so that a comparison finds nothing.
template <class Kind>
Datum SignedEnd(FunctionCallInfo fcinfo, typename Kind::Number Bounds<Kind>::*end) {
  const Bytes bytes = ArgumentOf<Kind>(fcinfo, 0);
  const auto members = CallCore([bytes] { return MembersOf<Kind>(bytes); });
  if (members.count == 0) PG_RETURN_NULL();
  return Kind::DatumOf(static_cast<typename Kind::Value>(members.bounds.*end));
}

template <class Kind>
Datum ArrayOfArgument(FunctionCallInfo fcinfo) {
  const Bytes bytes = ArgumentOf<Kind>(fcinfo, 0);
  PG_RETURN_POINTER(CallCore([bytes] { return NewArrayOf<Kind>(bytes); }));
}

// The planner takes the array for one of ten elements; what the others cost is added here, as the
// costs of making it.
template <class Kind>
Datum LookupsSupport(FunctionCallInfo fcinfo) {
  constexpr double kOperatorsPerDescent = 200;  // of a tree of three levels, by the server's rule
  Node* node = NodeOf(PG_GETARG_POINTER(0));
  if (!IsA(node, SupportRequestCost)) PG_RETURN_POINTER(nullptr);
  auto* request = reinterpret_cast<SupportRequestCost*>(node);
  if (request->root == nullptr || request->node == nullptr || !is_funcclause(request->node)) {
    PG_RETURN_POINTER(nullptr);
  }
  List* args = reinterpret_cast<FuncExpr*>(request->node)->args;
  const Const* bitmap = Foreseen(request->root, NodeOf(linitial(args)));
  if (bitmap == nullptr) PG_RETURN_POINTER(nullptr);
  const double count = AskConstant<Kind>(
      bitmap, 0.0, [](Bytes bytes) { return static_cast<double>(Kind::Cardinality(bytes)); });
  request->startup = 0;
  request->per_tuple =
      count * (kOperatorsPerDescent * cpu_operator_cost + cpu_index_tuple_cost + cpu_tuple_cost);
  PG_RETURN_POINTER(request);
}

}  // namespace

template <class Kind>
List* MemberCondition(SupportRequestIndexCondition* request) {
  List* args = NIL;
  if (is_opclause(request->node)) args = reinterpret_cast<OpExpr*>(request->node)->args;
  if (is_funcclause(request->node)) args = reinterpret_cast<FuncExpr*>(request->node)->args;
  if (list_length(args) != 2 || request->index->relam != BTREE_AM_OID ||
      request->opfamily != INTEGER_BTREE_FAM_OID) {
    return NIL;
  }
  Node* column = NodeOf(list_nth(args, request->indexarg));
  Node* bitmap = NodeOf(list_nth(args, 1 - request->indexarg));
  if (exprType(column) != Kind::kType) return NIL;
  if (IsA(bitmap, Const)) {
    return ConditionOfConstant<Kind>(request, column, reinterpret_cast<Const*>(bitmap));
  }
  return ConditionOfExpression<Kind>(request, column, bitmap);
}

template List* MemberCondition<Kind32>(SupportRequestIndexCondition* request);
template List* MemberCondition<Kind64>(SupportRequestIndexCondition* request);

CDP_FUNCTION(cdp__rb_least) { return SignedEnd<Kind32>(fcinfo, &Bounds<Kind32>::least); }
CDP_FUNCTION(cdp__rb_greatest) { return SignedEnd<Kind32>(fcinfo, &Bounds<Kind32>::greatest); }
CDP_FUNCTION(cdp__rb_lookups) { return ArrayOfArgument<Kind32>(fcinfo); }
CDP_FUNCTION(cdp_rb_lookups_support) { return LookupsSupport<Kind32>(fcinfo); }

CDP_FUNCTION(cdp__rb64_least) { return SignedEnd<Kind64>(fcinfo, &Bounds<Kind64>::least); }
CDP_FUNCTION(cdp__rb64_greatest) { return SignedEnd<Kind64>(fcinfo, &Bounds<Kind64>::greatest); }
CDP_FUNCTION(cdp__rb64_lookups) { return ArrayOfArgument<Kind64>(fcinfo); }
CDP_FUNCTION(cdp_rb64_lookups_support) { return LookupsSupport<Kind64>(fcinfo); }

}  // namespace cdp::pg
