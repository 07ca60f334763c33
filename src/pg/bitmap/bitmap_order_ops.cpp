/// What the operator classes of both types need: order and hashes by content.

#include "core/bitmap/bitmap64_content.h"
#include "core/bitmap/bitmap_order.h"
#include "pg/bitmap/bitmap_kinds.h"

namespace cdp::pg {
namespace {

using bitmap::BitmapView;
using bitmap::Bytes;

int Compare(Kind32, Bytes a, Bytes b) { return bitmap::Compare(BitmapView(a), BitmapView(b)); }
int Compare(Kind64, Bytes a, Bytes b) { return bitmap::Compare64(a, b); }
std::uint64_t Hash(Kind32, Bytes bytes, std::uint64_t seed) {
  return bitmap::Hash(BitmapView(bytes), seed);
}
std::uint64_t Hash(Kind64, Bytes bytes, std::uint64_t seed) { return bitmap::Hash64(bytes, seed); }

template <class Kind>
int CompareArguments(FunctionCallInfo fcinfo) {
  return AnswerInScratch(fcinfo, [fcinfo] {
    const Bytes a = ArgumentOf<Kind>(fcinfo, 0);
    const Bytes b = ArgumentOf<Kind>(fcinfo, 1);
    return CallCore([=] { return Compare(Kind(), a, b); });
  });
}

template <class Kind>
std::uint64_t HashArgument(FunctionCallInfo fcinfo, std::uint64_t seed) {
  return AnswerInScratch(fcinfo, [fcinfo, seed] {
    const Bytes bytes = ArgumentOf<Kind>(fcinfo, 0);
    return CallCore([=] { return Hash(Kind(), bytes, seed); });
  });
}

// With seed 0 the extended hash ends in the plain one, as the server demands.
template <class Kind>
Datum PlainHash(FunctionCallInfo fcinfo) {
  PG_RETURN_INT32(static_cast<std::int32_t>(HashArgument<Kind>(fcinfo, 0)));
}
template <class Kind>
Datum ExtendedHash(FunctionCallInfo fcinfo) {
  PG_RETURN_UINT64(HashArgument<Kind>(fcinfo, static_cast<std::uint64_t>(PG_GETARG_INT64(1))));
}

}  // namespace

CDP_FUNCTION(cdp_rb_cmp) { PG_RETURN_INT32(CompareArguments<Kind32>(fcinfo)); }
CDP_FUNCTION(cdp_rb_lt) { PG_RETURN_BOOL(CompareArguments<Kind32>(fcinfo) < 0); }
CDP_FUNCTION(cdp_rb_le) { PG_RETURN_BOOL(CompareArguments<Kind32>(fcinfo) <= 0); }
CDP_FUNCTION(cdp_rb_gt) { PG_RETURN_BOOL(CompareArguments<Kind32>(fcinfo) > 0); }
CDP_FUNCTION(cdp_rb_ge) { PG_RETURN_BOOL(CompareArguments<Kind32>(fcinfo) >= 0); }
CDP_FUNCTION(cdp_rb_hash) { return PlainHash<Kind32>(fcinfo); }
CDP_FUNCTION(cdp_rb_hash_extended) { return ExtendedHash<Kind32>(fcinfo); }

CDP_FUNCTION(cdp_rb64_cmp) { PG_RETURN_INT32(CompareArguments<Kind64>(fcinfo)); }
CDP_FUNCTION(cdp_rb64_lt) { PG_RETURN_BOOL(CompareArguments<Kind64>(fcinfo) < 0); }
CDP_FUNCTION(cdp_rb64_le) { PG_RETURN_BOOL(CompareArguments<Kind64>(fcinfo) <= 0); }
CDP_FUNCTION(cdp_rb64_gt) { PG_RETURN_BOOL(CompareArguments<Kind64>(fcinfo) > 0); }
CDP_FUNCTION(cdp_rb64_ge) { PG_RETURN_BOOL(CompareArguments<Kind64>(fcinfo) >= 0); }
CDP_FUNCTION(cdp_rb64_hash) { return PlainHash<Kind64>(fcinfo); }
CDP_FUNCTION(cdp_rb64_hash_extended) { return ExtendedHash<Kind64>(fcinfo); }

}  // namespace cdp::pg
