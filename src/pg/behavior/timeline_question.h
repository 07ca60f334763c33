/// The arguments of functions over timelines, made into a question once and kept from row to row:
/// in a query they hardly ever change.
#pragma once

#include <optional>

#include "core/timeline/code_set.h"
#include "pg/base/datum.h"

namespace cdp::pg {

/// How the bytes of an argument are found.
enum class ArgumentKind : char { kByValue, kInterval, kVarlena };

/// A question with everything it points to, in a context of its own.
template <class Question>
struct KeptQuestion {
  MemoryContext context;
  bool constant;       ///< the arguments are the same for every row
  std::uint64_t hash;  ///< of the arguments
  std::size_t argument_bytes;
  std::byte* arguments;
  Question* question;
};

namespace question_detail {

struct ArgumentBytes {
  bool null;
  const void* data;
  std::size_t size;
};

// May longjmp.
inline ArgumentBytes BytesOfArgument(FunctionCallInfo fcinfo, int n, ArgumentKind kind) {
  if (PG_ARGISNULL(n)) return {true, nullptr, 0};
  if (kind == ArgumentKind::kByValue) return {false, &fcinfo->args[n].value, sizeof(Datum)};
  if (kind == ArgumentKind::kInterval) return {false, PG_GETARG_INTERVAL_P(n), sizeof(Interval)};
  const varlena* value = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(n));
  return {false, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};
}

/// What an argument puts in front of its bytes.
inline std::uint64_t Prefix(const ArgumentBytes& bytes) {
  return bytes.null ? UINT64_MAX : bytes.size;
}

inline bool Unchanged(FunctionCallInfo fcinfo, int first, std::span<const ArgumentKind> kinds,
                      const std::byte* kept) {
  for (const ArgumentKind kind : kinds) {
    const ArgumentBytes bytes = BytesOfArgument(fcinfo, first++, kind);
    const std::uint64_t prefix = Prefix(bytes);
    if (std::memcmp(kept, &prefix, sizeof(prefix)) != 0) return false;
    kept += sizeof(prefix);
    if (bytes.size != 0 && std::memcmp(kept, bytes.data, bytes.size) != 0) return false;
    kept += bytes.size;
  }
  return true;
}

/// What the query says of argument n; null when that cannot be told.
inline const Node* ExpressionOf(FunctionCallInfo fcinfo, int n) {
  if (const Aggref* aggregate = AggGetAggref(fcinfo)) {
    // The state comes before the arguments of an aggregate.
    if (n > list_length(aggregate->args)) return nullptr;
    const auto* entry = list_nth_node(TargetEntry, aggregate->args, n - 1);
    return reinterpret_cast<const Node*>(entry->expr);
  }
  const Node* call = fcinfo->flinfo->fn_expr;
  if (call == nullptr || !IsA(call, FuncExpr)) return nullptr;
  const List* arguments = reinterpret_cast<const FuncExpr*>(call)->args;
  return n < list_length(arguments) ? static_cast<const Node*>(list_nth(arguments, n)) : nullptr;
}

/// Whether `count` arguments from `first` on are constants, so that nobody need look at them again.
/// Parameters are not: PL/pgSQL asks the same expression again with others.
inline bool AreConstant(FunctionCallInfo fcinfo, int first, int count) {
  for (int n = first; n < first + count; ++n) {
    const Node* expression = ExpressionOf(fcinfo, n);
    if (expression == nullptr || !IsA(expression, Const)) return false;
  }
  return true;
}

}  // namespace question_detail

/// The question that make() returns for the arguments from `first` on; it is made anew, in a
/// context which is current then, only when they have changed. May longjmp: for the first act.
template <class Question, class Make>
const KeptQuestion<Question>& QuestionOf(FunctionCallInfo fcinfo, int first,
                                         std::span<const ArgumentKind> kinds, Make make) {
  using Kept = KeptQuestion<Question>;
  auto* kept = static_cast<Kept*>(fcinfo->flinfo->fn_extra);
  if (kept != nullptr &&
      (kept->constant || question_detail::Unchanged(fcinfo, first, kinds, kept->arguments))) {
    return *kept;
  }
  if (kept != nullptr) {
    fcinfo->flinfo->fn_extra = nullptr;
    MemoryContextDelete(kept->context);
  }
  const MemoryContext context =
      AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "cdp question", ALLOCSET_SMALL_SIZES);
  const MemoryContext caller = MemoryContextSwitchTo(context);
  kept = static_cast<Kept*>(palloc0(sizeof(Kept)));
  kept->context = context;
  kept->constant = question_detail::AreConstant(fcinfo, first, static_cast<int>(kinds.size()));
  int n = first;
  for (const ArgumentKind kind : kinds) {
    kept->argument_bytes +=
        sizeof(std::uint64_t) + question_detail::BytesOfArgument(fcinfo, n++, kind).size;
  }
  kept->arguments = static_cast<std::byte*>(palloc(kept->argument_bytes));
  std::byte* end = kept->arguments;
  n = first;
  for (const ArgumentKind kind : kinds) {
    const auto bytes = question_detail::BytesOfArgument(fcinfo, n++, kind);
    const std::uint64_t prefix = question_detail::Prefix(bytes);
    std::memcpy(end, &prefix, sizeof(prefix));
    end += sizeof(prefix);
    if (bytes.size != 0) std::memcpy(end, bytes.data, bytes.size);
    end += bytes.size;
  }
  kept->hash = hash_bytes_extended(reinterpret_cast<const unsigned char*>(kept->arguments),
                                   static_cast<int>(kept->argument_bytes), 0);
  kept->question = make();
  MemoryContextSwitchTo(caller);
  fcinfo->flinfo->fn_extra = kept;
  return *kept;
}

/// An argument that must not be null; `what` names it in the message. May longjmp.
inline void RequireArgument(FunctionCallInfo fcinfo, int n, const char* what) {
  if (PG_ARGISNULL(n)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("%s must not be null", what)));
  }
}

/// An interval that must not be null, as microseconds. May longjmp.
inline std::uint64_t SpanArgument(FunctionCallInfo fcinfo, int n, const char* what) {
  RequireArgument(fcinfo, n, what);
  return static_cast<std::uint64_t>(SpanMicros(PG_GETARG_INTERVAL_P(n), what));
}

inline std::optional<std::int32_t> IntegerOrNull(FunctionCallInfo fcinfo, int n) {
  if (PG_ARGISNULL(n)) return std::nullopt;
  return PG_GETARG_INT32(n);
}

/// Codes in the current context; null, for all codes, where the argument is. May longjmp.
inline const timeline::CodeSet* CodesOrNull(FunctionCallInfo fcinfo, int n) {
  if (PG_ARGISNULL(n)) return nullptr;
  ArrayType* array = PG_GETARG_ARRAYTYPE_P(n);
  if (ARR_NDIM(array) > 1) {
    ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
                    errmsg("codes must be an array of one dimension")));
  }
  const std::span<const std::int32_t> codes = ElementsOf<std::int32_t>(array);
  return CallCore([codes] {
    const MemoryContext context = CurrentMemoryContext;
    auto* memory = new (AllocateIn(context, sizeof(ContextResource))) ContextResource(context);
    return new (AllocateIn(context, sizeof(timeline::CodeSet))) timeline::CodeSet(codes, memory);
  });
}

}  // namespace cdp::pg
