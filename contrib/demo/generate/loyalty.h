#pragma once

#include "shopper.h"

namespace cdp::demo {

/// The n-th cohort person: registers first in one of the cohort weeks and comes back to pay in some
/// of the weeks after. The first 72 people cover every week with every period.
void PlayCohort(Shopper& shopper, int n);

/// Registers, if at all, outside the cohort weeks; or inside them, but not for the first time.
void PlayRegistration(Shopper& shopper);

/// Orders of people without a part in the cohorts, on the days [from, to]; a few of them exactly on
/// the two sides of the tags' first second.
void PlayOrders(Shopper& shopper, int from_day, int to_day);

}  // namespace cdp::demo
