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

/// What `ask(bytes)` says of a constant, or `otherwise` when it is no bitmap: what is wrong with it
/// is an error of the query that comes to read it, not of its plan. May longjmp.
template <class Kind, class Answer, class Ask>
Answer AskConstant(const Const* constant, Answer otherwise, Ask ask) {
  const bitmap::Bytes bytes = BytesOf(PG_DETOAST_DATUM_PACKED(constant->constvalue));
  // Nobody writes down a state; there is no need to know it.
  if (Kind::IsBuildState(bytes)) return otherwise;
  return CallCore([&]() -> Answer {
    try {
      return ask(bytes);
    } catch (const Error&) {
      return otherwise;
    }
  });
}

/// What `ask(lookup)` says of a bitmap; for use inside CallCore.
template <class Kind, class Ask>
auto AskLookup(bitmap::Bytes bytes, Ask ask) {
  ContextResource memory(CurrentMemoryContext);
  return ask(Kind::Open(bytes, &memory));
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
