/// The server's time zones for the core.
#pragma once

#include "core/base/zone.h"
#include "pg/base/datum.h"

namespace cdp::pg {

/// The time zone of this name, as `SET timezone` takes it ("Europe/Berlin", "UTC", "<+03>-3").
/// Raises an error when there is none. May longjmp: for the first act.
Zone ZoneNamed(const text* name);

/// The same for argument `n` of a function, kept from call to call as long as the name is the same,
/// together with the stretches it has looked up. For functions that keep nothing else in fn_extra;
/// others put a Zone into what they keep.
Zone* ZoneArgument(FunctionCallInfo fcinfo, int n);

/// The session's time zone.
Zone SessionZone();

}  // namespace cdp::pg
