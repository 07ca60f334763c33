/// What the operator classes of roaringbitmap need: order and hashes by content.

#include "core/bitmap/bitmap_order.h"
#include "pg/bitmap/bitmap_datum.h"

namespace cdp::pg {
namespace {

using bitmap::BitmapView;
using bitmap::Bytes;

int CompareArguments(FunctionCallInfo fcinfo) {
  const Bytes a = BitmapArgument(fcinfo, 0);
  const Bytes b = BitmapArgument(fcinfo, 1);
  const int order = CallCore([=] { return bitmap::Compare(BitmapView(a), BitmapView(b)); });
  // An index calls this for ever so many values in one context, and expects it to leave nothing.
  FreeDetoasted(fcinfo, 0, a);
  FreeDetoasted(fcinfo, 1, b);
  return order;
}

std::uint64_t HashArgument(FunctionCallInfo fcinfo, std::uint64_t seed) {
  const Bytes bytes = BitmapArgument(fcinfo, 0);
  const std::uint64_t hash = CallCore([=] { return bitmap::Hash(BitmapView(bytes), seed); });
  FreeDetoasted(fcinfo, 0, bytes);
  return hash;
}

}  // namespace

CDP_FUNCTION(cdp_rb_cmp) { PG_RETURN_INT32(CompareArguments(fcinfo)); }
CDP_FUNCTION(cdp_rb_lt) { PG_RETURN_BOOL(CompareArguments(fcinfo) < 0); }
CDP_FUNCTION(cdp_rb_le) { PG_RETURN_BOOL(CompareArguments(fcinfo) <= 0); }
CDP_FUNCTION(cdp_rb_gt) { PG_RETURN_BOOL(CompareArguments(fcinfo) > 0); }
CDP_FUNCTION(cdp_rb_ge) { PG_RETURN_BOOL(CompareArguments(fcinfo) >= 0); }

// With seed 0 the extended hash ends in the plain one, as the server demands.
CDP_FUNCTION(cdp_rb_hash) { PG_RETURN_INT32(static_cast<std::int32_t>(HashArgument(fcinfo, 0))); }
CDP_FUNCTION(cdp_rb_hash_extended) {
  PG_RETURN_UINT64(HashArgument(fcinfo, static_cast<std::uint64_t>(PG_GETARG_INT64(1))));
}

}  // namespace cdp::pg
