/// An event as arguments of a transition function.
#pragma once

#include "core/timeline/event.h"
#include "pg/base/datum.h"

namespace cdp::pg {

/// Raises the error of an event that no timeline can hold.
[[noreturn]] void RefuseEvent(const timeline::Event& event);

/// Arguments n and n + 1: time and code. False when one is null: then there is no event. May
/// longjmp.
inline bool TakeEvent(FunctionCallInfo fcinfo, int n, timeline::Event* event) {
  if (PG_ARGISNULL(n) || PG_ARGISNULL(n + 1)) return false;
  *event = {PG_GETARG_TIMESTAMPTZ(n), PG_GETARG_INT32(n + 1)};
  if (TIMESTAMP_NOT_FINITE(event->at) || event->value < 0) [[unlikely]]
    RefuseEvent(*event);
  return true;
}

/// Argument n, the value.
template <int kProperties>
void TakeValue(FunctionCallInfo fcinfo, int n, timeline::WideEvent<kProperties>* event) {
  if (PG_ARGISNULL(n)) return;
  event->value = PG_GETARG_INT64(n);
  event->present |= 1;
}

/// Argument n, the properties; returns how many the event has, up to the last that is not null. May
/// longjmp.
int TakeProperties(FunctionCallInfo fcinfo, int n, timeline::FullEvent* event);

}  // namespace cdp::pg
