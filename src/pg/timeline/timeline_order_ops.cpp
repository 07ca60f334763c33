/// Equality, order and hash of timelines: those of their images, of which equal timelines have the
/// same.

#include "pg/timeline/timeline_datum.h"

namespace cdp::pg {
namespace {

/// Negative, zero or positive, as the image of argument 0 comes before that of argument 1, is the
/// same or comes after it. May longjmp.
int CompareArguments(FunctionCallInfo fcinfo) {
  return AnswerInScratch(fcinfo, [fcinfo] {
    const varlena* left = TimelineArgument(fcinfo, 0);
    const varlena* right = TimelineArgument(fcinfo, 1);
    return CallCore([left, right] {
      const auto a = BytesOf(SealedTimeline(left));
      const auto b = BytesOf(SealedTimeline(right));
      const int order = std::memcmp(a.data(), b.data(), std::min(a.size(), b.size()));
      if (order != 0) return order;
      return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
    });
  });
}

/// What `hash(bytes, size)` says of the image of argument 0. May longjmp.
template <class Hash>
Datum HashArgument(FunctionCallInfo fcinfo, Hash hash) {
  return AnswerInScratch(fcinfo, [fcinfo, hash] {
    const varlena* value = TimelineArgument(fcinfo, 0);
    const auto bytes = BytesOf(CallCore([value] { return SealedTimeline(value); }));
    return hash(reinterpret_cast<const unsigned char*>(bytes.data()),
                static_cast<int>(bytes.size()));
  });
}

}  // namespace

CDP_FUNCTION(cdp_timeline_eq) { PG_RETURN_BOOL(CompareArguments(fcinfo) == 0); }
CDP_FUNCTION(cdp_timeline_ne) { PG_RETURN_BOOL(CompareArguments(fcinfo) != 0); }
CDP_FUNCTION(cdp_timeline_lt) { PG_RETURN_BOOL(CompareArguments(fcinfo) < 0); }
CDP_FUNCTION(cdp_timeline_le) { PG_RETURN_BOOL(CompareArguments(fcinfo) <= 0); }
CDP_FUNCTION(cdp_timeline_gt) { PG_RETURN_BOOL(CompareArguments(fcinfo) > 0); }
CDP_FUNCTION(cdp_timeline_ge) { PG_RETURN_BOOL(CompareArguments(fcinfo) >= 0); }
CDP_FUNCTION(cdp_timeline_cmp) { PG_RETURN_INT32(CompareArguments(fcinfo)); }

CDP_FUNCTION(cdp_timeline_hash) { return HashArgument(fcinfo, hash_any); }

CDP_FUNCTION(cdp_timeline_hash_extended) {
  const auto seed = static_cast<uint64>(PG_GETARG_INT64(1));
  return HashArgument(fcinfo, [seed](const unsigned char* bytes, int size) {
    return hash_any_extended(bytes, size, seed);
  });
}

}  // namespace cdp::pg
