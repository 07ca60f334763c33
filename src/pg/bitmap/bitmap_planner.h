/// What estimates and index conditions for members of bitmaps share.
#pragma once

#include "pg/base/planner.h"
#include "pg/bitmap/bitmap_kinds.h"

namespace cdp::pg {

inline Node* NodeOf(void* node) { return static_cast<Node*>(node); }

/// The constant that an expression is or will be; null when that cannot be known.
inline const Const* Foreseen(PlannerInfo* root, Node* expression) {
  Node* value = estimate_expression_value(root, expression);
  if (!IsA(value, Const)) return nullptr;
  const auto* constant = reinterpret_cast<const Const*>(value);
  return constant->constisnull ? nullptr : constant;
}

/// What `ask(lookup)` says of a bitmap.
template <class Kind, class Ask>
auto AskBitmap(bitmap::Bytes bytes, Ask ask) {
  return CallCore([&] {
    ContextResource memory(CurrentMemoryContext);
    return ask(Kind::Open(bytes, &memory));
  });
}

/// A call of a function of ours with parameters of these types, which lives beside the function
/// that was asked about.
Expr* CallOf(const char* name, Oid result, Oid neighbour, std::span<const Oid> types, List* args);

/// The answer to a request for an index condition: clauses, or NIL.
template <class Kind>
List* MemberCondition(SupportRequestIndexCondition* request);

/// The answer to a request to simplify a test whether an int4 is in a roaringbitmap64: the same of
/// a roaringbitmap, or null.
Node* Int4Membership(const SupportRequestSimplify* request);

}  // namespace cdp::pg
