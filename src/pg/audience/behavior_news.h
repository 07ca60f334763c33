/// What people did that stored timelines do not hold yet.
#pragma once

#include "pg/base/pg.h"

namespace cdp::pg {

/// Takes what a person did in a month, or, null, that what is stored of that month does not count.
/// It lives as long as the call. Called by the server: may longjmp, must not throw.
using NewsTaker = void (*)(std::uint32_t person, DateADT month, const varlena* timeline,
                           void* closure);

/// Gives all that there is of a chunk of people. To put it together for one chunk costs nearly what
/// it costs for all: when a statement asks for a second one, all are read, and kept for it, unless
/// they take more memory than a hash table may. May longjmp.
void TakeNews(std::int32_t chunk, NewsTaker take, void* closure);

}  // namespace cdp::pg
