/// Small queries of our own, asked again and again: prepared once a session.
#pragma once

#include "pg/base/pg.h"

namespace cdp::pg {

/// A SELECT of at most one row whose parameters and columns are all texts. Every name in it has its
/// schema, operators included: it runs under the search path of whoever comes first.
struct LookUp {
  const char* query;
  void* plan = nullptr;  ///< once prepared
};

/// Runs it under the snapshot of the calling query and with the rights of who calls. The columns,
/// nullptr for a null, are copied into the current context. False: there is no row. May longjmp.
bool FindRow(LookUp* look_up, std::span<text* const> arguments, std::span<text*> columns);

}  // namespace cdp::pg
