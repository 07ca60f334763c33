#include "pg/base/zone.h"

namespace cdp::pg {
namespace {

constexpr std::int64_t kEpochSeconds =
    std::int64_t{POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE} * SECS_PER_DAY;

/// Only computes: raises nothing, so the core may call it.
ZoneStretch FindServerStretch(const void* zone, Micros at) {
  const pg_time_t second = FloorDivide(at, USECS_PER_SEC) + kEpochSeconds;
  long offset_before = 0;
  long offset_after = 0;
  int daylight_before = 0;
  int daylight_after = 0;
  pg_time_t boundary = 0;
  const int found =
      pg_next_dst_boundary(&second, &offset_before, &daylight_before, &boundary, &offset_after,
                           &daylight_after, static_cast<const pg_tz*>(zone));
  ZoneStretch stretch{at, INT64_MAX, std::int64_t{offset_before} * USECS_PER_SEC};
  if (found > 0) stretch.to = (boundary - kEpochSeconds) * USECS_PER_SEC;
  return stretch;
}

/// What ZoneArgument keeps in fn_extra.
struct KeptZone {
  Zone zone;
  std::size_t length;
  char name[TZ_STRLEN_MAX + 1];
};

}  // namespace

Zone ZoneNamed(const text* name) {
  char spelled[TZ_STRLEN_MAX + 1];
  text_to_cstring_buffer(name, spelled, sizeof(spelled));
  pg_tz* zone = VARSIZE_ANY_EXHDR(name) <= TZ_STRLEN_MAX ? pg_tzset(spelled) : nullptr;
  if (zone == nullptr) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("time zone \"%s\" not recognized", spelled)));
  }
  if (!pg_tz_acceptable(zone)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("time zone \"%s\" appears to use leap seconds", spelled),
                    errdetail("PostgreSQL does not support leap seconds.")));
  }
  return {FindServerStretch, zone};
}

Zone* ZoneArgument(FunctionCallInfo fcinfo, int n) {
  const text* name = PG_GETARG_TEXT_PP(n);
  const std::string_view view = ViewOf(name);
  FmgrInfo* site = fcinfo->flinfo;
  auto* kept = static_cast<KeptZone*>(site->fn_extra);
  if (kept != nullptr && std::string_view(kept->name, kept->length) == view) return &kept->zone;
  const Zone zone = ZoneNamed(name);
  if (kept == nullptr) {
    kept = static_cast<KeptZone*>(MemoryContextAllocZero(site->fn_mcxt, sizeof(KeptZone)));
    site->fn_extra = kept;
  }
  kept->zone = zone;
  kept->length = view.size();
  std::memcpy(kept->name, view.data(), view.size());
  return &kept->zone;
}

Zone SessionZone() { return {FindServerStretch, session_timezone}; }

}  // namespace cdp::pg
