/// Questions to a components value. A node that the graph does not have gives null.

#include "pg/identity/components_datum.h"

namespace cdp::pg {
namespace {

struct Found {
  bool present;
  std::int64_t component;
};

Found Find(const varlena* value, std::int64_t node) {
  return CallCore([value, node] {
    const auto component = ViewComponents(value).Find(node);
    return Found{component.has_value(), component.value_or(0)};
  });
}

}  // namespace

CDP_FUNCTION(cdp_components_find) {
  const varlena* value = PG_GETARG_VARLENA_PP(0);
  const Found found = Find(value, PG_GETARG_INT64(1));
  if (!found.present) PG_RETURN_NULL();
  PG_RETURN_INT64(found.component);
}

CDP_FUNCTION(cdp_components_same) {
  const varlena* value = PG_GETARG_VARLENA_PP(0);
  const Found a = Find(value, PG_GETARG_INT64(1));
  const Found b = Find(value, PG_GETARG_INT64(2));
  if (!a.present || !b.present) PG_RETURN_NULL();
  PG_RETURN_BOOL(a.component == b.component);
}

CDP_FUNCTION(cdp_components_size) {
  const varlena* value = PG_GETARG_VARLENA_PP(0);
  const Found found = Find(value, PG_GETARG_INT64(1));
  if (!found.present) PG_RETURN_NULL();
  const std::uint64_t size =
      CallCore([value, found] { return ViewComponents(value).SizeOf(found.component); });
  PG_RETURN_INT64(static_cast<int64>(size));
}

CDP_FUNCTION(cdp_components_count) {
  const varlena* value = PG_GETARG_VARLENA_PP(0);
  PG_RETURN_INT64(CallCore([value] { return ViewComponents(value).components(); }));
}

CDP_FUNCTION(cdp_components_nodes) {
  const varlena* value = PG_GETARG_VARLENA_PP(0);
  PG_RETURN_INT64(CallCore([value] { return ViewComponents(value).nodes(); }));
}

}  // namespace cdp::pg
