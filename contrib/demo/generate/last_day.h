#pragma once

#include "shopper.h"

namespace cdp::demo {

/// What the n-th person of the last day does; the ten turns come round, so each occurs in small
/// data. Half of the people belong to the flagship audience: "filled a cart on the last day and did
/// not pay within 30 minutes, orders often, spends much".
void PlayLastDay(Shopper& shopper, int n);

}  // namespace cdp::demo
