/// `int4_column <@ roaringbitmap64`: the column is widened, so no index on it would do. Of a
/// constant the members that no int4 can be are left out instead, and the test is the 32-bit one.

#include "core/bitmap/bitmap64_convert.h"
#include "pg/bitmap/bitmap_planner.h"

namespace cdp::pg {
namespace {

using bitmap::Bytes;

// The int4 that an expression widens; null if it does something else.
Node* WidenedInt4(Node* expression) {
  if (!is_funcclause(expression)) return nullptr;
  const auto* call = reinterpret_cast<const FuncExpr*>(expression);
  return call->funcid == F_INT8_INT4 ? NodeOf(linitial(call->args)) : nullptr;
}

// Null of what cannot be read.
Const* NarrowedConst(const Const* bitmap, Oid type) {
  const varlena* narrow =
      AskConstant<Kind64>(bitmap, static_cast<varlena*>(nullptr), [](Bytes bytes) {
        ContextResource memory(CurrentMemoryContext);
        bitmap::BitmapParts parts(&memory);
        bitmap::KeepInt4(bytes, &parts);
        return NewBitmap(parts);
      });
  if (narrow == nullptr) return nullptr;
  return makeConst(type, -1, InvalidOid, -1, PointerGetDatum(narrow), false, false);
}

}  // namespace

Node* Int4Membership(const SupportRequestSimplify* request) {
  const List* args = request->fcall->args;
  // rb64_contains has the bitmap first, rb64_containedby the value.
  for (int n = 0; n < 2; ++n) {
    Node* value = WidenedInt4(NodeOf(list_nth(args, n)));
    Node* other = NodeOf(list_nth(args, 1 - n));
    if (value == nullptr || !IsA(other, Const)) continue;
    const auto* bitmap = reinterpret_cast<const Const*>(other);
    if (bitmap->constisnull) return nullptr;
    const Oid schema = get_func_namespace(request->fcall->funcid);
    const Oid type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
                                     CStringGetDatum("roaringbitmap"), ObjectIdGetDatum(schema));
    const Oid operation = GetSysCacheOid4(OPERNAMENSP, Anum_pg_operator_oid, CStringGetDatum("<@"),
                                          ObjectIdGetDatum(INT4OID), ObjectIdGetDatum(type),
                                          ObjectIdGetDatum(schema));
    Const* narrow = NarrowedConst(bitmap, type);
    if (!OidIsValid(operation) || narrow == nullptr) return nullptr;
    Expr* test = make_opclause(operation, BOOLOID, false, reinterpret_cast<Expr*>(value),
                               reinterpret_cast<Expr*>(narrow), InvalidOid, InvalidOid);
    set_opfuncid(reinterpret_cast<OpExpr*>(test));
    return NodeOf(test);
  }
  return nullptr;
}

}  // namespace cdp::pg
