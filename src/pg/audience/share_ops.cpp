/// Dividing people by lot.

#include "core/audience/draw.h"
#include "core/audience/share.h"
#include "pg/audience/rule_datum.h"
#include "pg/bitmap/bitmap_datum.h"

namespace cdp::pg {

CDP_FUNCTION(cdp_audience_share) {
  const auto id = static_cast<std::uint32_t>(PG_GETARG_INT32(0));
  // Of UTF-8, so that another encoding divides the same way.
  const std::string_view salt = Utf8Of(ViewOf(PG_GETARG_TEXT_PP(1)));
  PG_RETURN_FLOAT8(audience::Lottery(salt).Share(id));
}

CDP_FUNCTION(cdp__audience_draw) {
  const bitmap::Bytes people = BitmapArgument(fcinfo, 0);
  const int64 count = PG_GETARG_INT64(1);
  if (count < 0) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("number of people must not be negative")));
  }
  const std::string_view salt = Utf8Of(ViewOf(PG_GETARG_TEXT_PP(2)));
  PG_RETURN_POINTER(CallCore([=] {
    ContextResource memory(CurrentMemoryContext);
    return NewVarlena(
        audience::Draw(people, static_cast<std::uint64_t>(count), salt, &memory).bytes());
  }));
}

}  // namespace cdp::pg
