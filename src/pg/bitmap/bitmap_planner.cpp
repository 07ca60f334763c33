/// What the planner asks about bitmaps of both types: how many rows, which share of rows.

#include "pg/bitmap/bitmap_planner.h"

namespace cdp::pg {
namespace {

using bitmap::Bytes;

// The server's own guess for "contains" of things it knows nothing about.
constexpr double kGuess = 0.001;

// A slot of statistics as numbers of the core.
template <class Kind>
std::span<const typename Kind::Number> NumbersOf(const AttStatsSlot& slot) {
  const auto count = static_cast<std::size_t>(slot.nvalues);
  using Number = typename Kind::Number;
  auto* numbers = static_cast<Number*>(palloc(sizeof(Number) * count));
  std::transform(slot.values, slot.values + count, numbers, Kind::NumberOf);
  return {numbers, count};
}

template <class Kind>
bitmap::ColumnStats<typename Kind::Number> StatsOf(VariableStatData* column, Oid function) {
  bitmap::ColumnStats<typename Kind::Number> stats = {};
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
      stats.common = NumbersOf<Kind>(slot);
      auto* shares = static_cast<float*>(palloc(sizeof(float) * stats.common.size()));
      std::copy_n(slot.numbers, slot.nnumbers, shares);
      stats.common_share = {shares, stats.common.size()};
    }
    free_attstatsslot(&slot);
  }
  if (get_attstatsslot(&slot, column->statsTuple, STATISTIC_KIND_HISTOGRAM, InvalidOid,
                       ATTSTATSSLOT_VALUES)) {
    stats.histogram = NumbersOf<Kind>(slot);
    free_attstatsslot(&slot);
  }
  return stats;
}

// The share of rows whose integer column is in a bitmap that is known.
template <class Kind>
double MemberSelectivity(PlannerInfo* root, Oid function, List* args, int relation) {
  VariableStatData column;
  Node* other = nullptr;
  bool column_is_left = false;
  if (!get_restriction_variable(root, args, relation, &column, &other, &column_is_left)) {
    return kGuess;
  }
  double share = kGuess;
  const Const* constant = column.vartype == Kind::kType ? Foreseen(root, other) : nullptr;
  if (constant != nullptr) {
    const auto stats = StatsOf<Kind>(&column, function);
    share = AskConstant<Kind>(constant, kGuess, [&stats](Bytes bytes) {
      return AskLookup<Kind>(
          bytes, [&stats](const auto& lookup) { return bitmap::MemberShare(lookup, stats); });
    });
    CLAMP_PROBABILITY(share);
  }
  ReleaseVariableStats(column);
  return share;
}

// The function in C in place of the one in SQL, which in a select list would run as a query of its
// own. In FROM the planner itself does better: it takes the query in; so calls there are let be.
template <class Kind>
Expr* InnerIterate(const SupportRequestSimplify* request) {
  const FuncExpr* call = request->fcall;
  const char* inner = Kind::kBits == 32 ? "_rb_iterate" : "_rb64_iterate";
  const bool is_inner = std::strcmp(get_func_name(call->funcid), inner) == 0;
  const bool has_set_in_list = request->root == nullptr || request->root->parse->hasTargetSRFs;
  if (is_inner || !has_set_in_list) return nullptr;
  const Oid type = exprType(NodeOf(linitial(call->args)));
  Expr* replaced = CallOf(inner, call->funcresulttype, call->funcid, {{type}}, call->args);
  reinterpret_cast<FuncExpr*>(replaced)->funcretset = true;
  return replaced;
}

template <class Kind>
Datum IterateSupport(FunctionCallInfo fcinfo) {
  Node* node = NodeOf(PG_GETARG_POINTER(0));
  if (IsA(node, SupportRequestSimplify)) {
    PG_RETURN_POINTER(InnerIterate<Kind>(reinterpret_cast<const SupportRequestSimplify*>(node)));
  }
  if (!IsA(node, SupportRequestRows)) PG_RETURN_POINTER(nullptr);
  auto* request = reinterpret_cast<SupportRequestRows*>(node);
  if (!is_funcclause(request->node)) PG_RETURN_POINTER(nullptr);
  List* args = reinterpret_cast<FuncExpr*>(request->node)->args;
  const Const* constant = Foreseen(request->root, NodeOf(linitial(args)));
  if (constant == nullptr) PG_RETURN_POINTER(nullptr);
  constexpr double kUnknown = -1;
  const double rows = AskConstant<Kind>(constant, kUnknown, [](Bytes bytes) {
    return static_cast<double>(Kind::Cardinality(bytes));
  });
  if (rows == kUnknown) PG_RETURN_POINTER(nullptr);
  request->rows = rows;
  PG_RETURN_POINTER(request);
}

template <class Kind>
Datum MemberSupport(FunctionCallInfo fcinfo) {
  Node* node = NodeOf(PG_GETARG_POINTER(0));
  if (IsA(node, SupportRequestSelectivity)) {
    auto* request = reinterpret_cast<SupportRequestSelectivity*>(node);
    if (request->is_join) PG_RETURN_POINTER(nullptr);
    request->selectivity =
        MemberSelectivity<Kind>(request->root, request->funcid, request->args, request->varRelid);
    PG_RETURN_POINTER(request);
  }
  if (IsA(node, SupportRequestIndexCondition)) {
    PG_RETURN_POINTER(MemberCondition<Kind>(reinterpret_cast<SupportRequestIndexCondition*>(node)));
  }
  if (std::is_same_v<Kind, Kind64> && IsA(node, SupportRequestSimplify)) {
    PG_RETURN_POINTER(Int4Membership(reinterpret_cast<const SupportRequestSimplify*>(node)));
  }
  PG_RETURN_POINTER(nullptr);
}

template <class Kind>
Datum SelectivityOfOperator(FunctionCallInfo fcinfo) {
  auto* root = reinterpret_cast<PlannerInfo*>(PG_GETARG_POINTER(0));
  auto* args = reinterpret_cast<List*>(PG_GETARG_POINTER(2));
  PG_RETURN_FLOAT8(
      MemberSelectivity<Kind>(root, get_opcode(PG_GETARG_OID(1)), args, PG_GETARG_INT32(3)));
}

}  // namespace

Expr* CallOf(const char* name, Oid result, Oid neighbour, std::span<const Oid> types, List* args) {
  const oidvector* parameters = buildoidvector(types.data(), static_cast<int>(types.size()));
  const Oid function =
      GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum(name),
                      PointerGetDatum(parameters), ObjectIdGetDatum(get_func_namespace(neighbour)));
  if (!OidIsValid(function)) {
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_FUNCTION), errmsg("function \"%s\" is missing", name),
                    errdetail("It belongs to the extension pg_cdp.")));
  }
  return reinterpret_cast<Expr*>(
      makeFuncExpr(function, result, args, InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL));
}

CDP_FUNCTION(cdp_rb_iterate_support) { return IterateSupport<Kind32>(fcinfo); }
CDP_FUNCTION(cdp_rb_member_support) { return MemberSupport<Kind32>(fcinfo); }
CDP_FUNCTION(cdp_rb_member_selectivity) { return SelectivityOfOperator<Kind32>(fcinfo); }

CDP_FUNCTION(cdp_rb64_iterate_support) { return IterateSupport<Kind64>(fcinfo); }
CDP_FUNCTION(cdp_rb64_member_support) { return MemberSupport<Kind64>(fcinfo); }
CDP_FUNCTION(cdp_rb64_member_selectivity) { return SelectivityOfOperator<Kind64>(fcinfo); }

}  // namespace cdp::pg
