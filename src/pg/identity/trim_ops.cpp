/// _trim: the spelling of values without what is around them.

#include "core/identity/landed_text.h"

#include "pg/base/datum.h"

namespace cdp::pg {

CDP_FUNCTION(cdp__trim) {
  text* value = PG_GETARG_TEXT_PP(0);
  const std::string_view before = ViewOf(value);
  const std::string_view after = identity::Trim(before, GetDatabaseEncoding() == PG_UTF8);
  if (after.size() == before.size()) PG_RETURN_TEXT_P(value);
  PG_RETURN_DATUM(TextOf(after));
}

}  // namespace cdp::pg
