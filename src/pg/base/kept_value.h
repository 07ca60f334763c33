/// The toasted value a call site was given last, kept detoasted from call to call.
///
/// A look-up in a large value costs far less than fetching it; a query that asks the same value for
/// every row would otherwise fetch it for every row.
#pragma once

#include "pg/base/datum.h"

namespace cdp::pg {

struct KeptValue {
  Oid relation;  ///< with `value`, what the TOAST pointer says
  Oid value;
  const varlena* plain;  ///< detoasted
  std::uint64_t uses;    ///< calls that found it kept
  void* notes;           ///< what the caller worked out about it: a block in fn_mcxt, or null
};

/// What is kept for the calling expression, when argument `n` is a value stored out of line that is
/// not too large to keep; null for any other value. May longjmp: for the first act.
KeptValue* KeepArgument(FunctionCallInfo fcinfo, int n);

}  // namespace cdp::pg
