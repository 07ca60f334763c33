/// Dividing people by lot.

#include "core/audience/share.h"
#include "pg/audience/rule_datum.h"

namespace cdp::pg {

CDP_FUNCTION(cdp_audience_share) {
  const auto id = static_cast<std::uint32_t>(PG_GETARG_INT32(0));
  // Of UTF-8, so that another encoding divides the same way.
  const std::string_view salt = Utf8Of(ViewOf(PG_GETARG_TEXT_PP(1)));
  PG_RETURN_FLOAT8(audience::ShareOf(id, salt));
}

}  // namespace cdp::pg
