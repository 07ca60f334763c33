/// Counts of set operations inside each other: the planner gets one call that counts, in place of
/// calls that each make a bitmap for the next.

#include "core/bitmap/bitmap_formula.h"
#include "pg/bitmap/bitmap_planner.h"

namespace cdp::pg {
namespace {

// Functions by their names without the prefix of the type.
struct Name {
  const char* name;
  char sign;  // of the set operation
};
constexpr Name kOperations[] = {{"and", '&'}, {"or", '|'}, {"xor", '#'}, {"andnot", '-'}};
constexpr Name kCounts[] = {{"and_cardinality", '&'},
                            {"or_cardinality", '|'},
                            {"xor_cardinality", '#'},
                            {"andnot_cardinality", '-'}};

// A call of one of ours, by function or by operator.
struct Call {
  List* args;
  const char* name;  // without the prefix
  bool is_wide;
};

// Ours are told by having the same support function as the one that was asked about.
bool IsOwnCall(Node* node, Oid support, Call* call) {
  Oid function = InvalidOid;
  if (is_funcclause(node)) {
    function = reinterpret_cast<const FuncExpr*>(node)->funcid;
    call->args = reinterpret_cast<const FuncExpr*>(node)->args;
  } else if (is_opclause(node)) {
    function = reinterpret_cast<const OpExpr*>(node)->opfuncid;
    call->args = reinterpret_cast<const OpExpr*>(node)->args;
  }
  if (!OidIsValid(function) || get_func_support(function) != support) return false;
  const char* name = get_func_name(function);
  call->is_wide = std::strncmp(name, "rb64_", 5) == 0;
  call->name = name + (call->is_wide ? 5 : 3);
  return true;
}

// The sign of a name in a list; 0 if it is not there.
char SignOf(std::span<const Name> names, const char* name) {
  for (const Name& known : names) {
    if (std::strcmp(known.name, name) == 0) return known.sign;
  }
  return 0;
}

char OperationOf(Node* node, Oid support, Call* call) {
  return IsOwnCall(node, support, call) ? SignOf(kOperations, call->name) : 0;
}

// A formula in the making, of plain data.
struct Draft {
  Oid support;
  StringInfoData text;
  List* operands;
  std::uint32_t terms;  // operands as often as they occur
};

int NumberOfOperand(Node* node, Draft* draft) {
  const int count = list_length(draft->operands);
  for (int i = 0; i < count; ++i) {
    if (equal(list_nth(draft->operands, i), node) && !contain_volatile_functions(node)) {
      return i + 1;
    }
  }
  draft->operands = lappend(draft->operands, node);
  return count + 1;
}

void WriteOperation(char sign, List* args, Draft* draft);

void WriteTerm(Node* node, Draft* draft) {
  Call call;
  if (const char sign = OperationOf(node, draft->support, &call); sign != 0) {
    appendStringInfoChar(&draft->text, '(');
    WriteOperation(sign, call.args, draft);
    appendStringInfoChar(&draft->text, ')');
  } else {
    ++draft->terms;
    appendStringInfo(&draft->text, "%d", NumberOfOperand(node, draft));
  }
}

void WriteOperation(char sign, List* args, Draft* draft) {
  check_stack_depth();
  WriteTerm(NodeOf(linitial(args)), draft);
  appendStringInfo(&draft->text, " %c ", sign);
  WriteTerm(NodeOf(lsecond(args)), draft);
}

// Whether an argument is a set operation itself.
bool IsNested(List* args, Oid support) {
  Call inner;
  for (int i = 0; i < list_length(args); ++i) {
    if (OperationOf(NodeOf(list_nth(args, i)), support, &inner) != 0) return true;
  }
  return false;
}

Expr* CountOfPair(char sign, bool is_wide, List* args, Oid neighbour) {
  const char* name = nullptr;
  for (const Name& count : kCounts) {
    if (count.sign == sign) name = count.name;
  }
  const Oid type = exprType(NodeOf(linitial(args)));
  return CallOf(psprintf("%s%s", is_wide ? "rb64_" : "rb_", name), INT8OID, neighbour,
                {{type, type}}, args);
}

Expr* CountOfFormula(char sign, bool is_wide, List* args, Oid neighbour, Oid support) {
  Draft draft = {support, {}, NIL, 0};
  initStringInfo(&draft.text);
  WriteOperation(sign, args, &draft);
  if (draft.terms > bitmap::Formula::kMaxTerms) return nullptr;
  Const* text = makeConst(TEXTOID, -1, InvalidOid, -1,
                          PointerGetDatum(cstring_to_text(draft.text.data)), false, false);
  return CallOf(is_wide ? "_rb64_formula_cardinality" : "_rb_formula_cardinality", INT8OID,
                neighbour, {{TEXTOID, ANYOID}}, lcons(text, draft.operands));
}

Expr* Simplified(const SupportRequestSimplify* request) {
  const Oid function = request->fcall->funcid;
  const Oid support = get_func_support(function);
  Call count;
  if (!IsOwnCall(NodeOf(request->fcall), support, &count)) return nullptr;
  Call operation = count;
  char sign = SignOf(kCounts, count.name);
  if (std::strcmp(count.name, "cardinality") == 0) {
    sign = OperationOf(NodeOf(linitial(count.args)), support, &operation);
    if (sign == 0) return nullptr;
    if (!IsNested(operation.args, support)) {
      return CountOfPair(sign, count.is_wide, operation.args, function);
    }
  }
  if (sign == 0 || !IsNested(operation.args, support)) return nullptr;
  return CountOfFormula(sign, count.is_wide, operation.args, function, support);
}

}  // namespace

CDP_FUNCTION(cdp_rb_nested_support) {
  Node* node = NodeOf(PG_GETARG_POINTER(0));
  if (!IsA(node, SupportRequestSimplify)) PG_RETURN_POINTER(nullptr);
  PG_RETURN_POINTER(Simplified(reinterpret_cast<const SupportRequestSimplify*>(node)));
}

}  // namespace cdp::pg
