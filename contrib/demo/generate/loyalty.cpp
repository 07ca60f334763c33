#include "loyalty.h"

#include <algorithm>
#include <array>

namespace cdp::demo {
namespace {

constexpr std::array<int, kCohortPeriods> kReturnPercent{30, 21, 17, 14, 12, 11, 9, 8, 7};

void PayAt(Shopper& shopper, int at) {
  const Channel channel = shopper.AnyChannel();
  const std::uint16_t item = shopper.AnyItem();
  shopper.Submit(at, channel, item, PriceOf(item));
  shopper.Pay(at, channel, item, PriceOf(item));
}

int RegistrationTime(Random& random, int week, bool early) {
  const int dice = random.Between(1, 100);
  const int start = week * kWeek;
  if (!early && dice <= 2) return start + kWeek - 1;
  if (dice >= 99) return start;
  return start + random.Between(0, early ? 6 * kDay : kWeek - 1);
}

// In the week of the registration only what follows it is a return.
void ReturnAtOnce(Shopper& shopper, int registered) {
  const int last = (registered / kWeek + 1) * kWeek - 1;
  if (registered >= last) return;
  Random& random = shopper.world().random;
  PayAt(shopper, random.Percent(10) ? last : random.Between(registered + 1, last));
}

void ReturnInWeek(Shopper& shopper, int week) {
  const int dice = shopper.world().random.Between(1, 100);
  if (dice <= 4) {
    PayAt(shopper, week * kWeek);
  } else if (dice >= 97) {
    PayAt(shopper, (week + 1) * kWeek - 1);
  } else {
    shopper.OrderBetween(week * 7, week * 7 + 6);
  }
}

}  // namespace

void PlayCohort(Shopper& shopper, int n) {
  Random& random = shopper.world().random;
  const bool covering = n < kCohortWeeks * kCohortPeriods;
  const int cohort = covering ? n % kCohortWeeks : random.Between(0, kCohortWeeks - 1);
  const int covered = covering ? n / kCohortWeeks : -1;
  const int week = kCohortFirstWeek + cohort;
  const int registered = RegistrationTime(random, week, covering);
  shopper.Register(registered, shopper.AnyChannel());
  for (int period = 0; period < kCohortPeriods; ++period) {
    if (period != covered && !random.Percent(kReturnPercent[period])) continue;
    if (period == 0) {
      ReturnAtOnce(shopper, registered);
    } else {
      ReturnInWeek(shopper, week + period);
    }
  }
  // Members who register again elsewhere, and guests who bought before they registered.
  if (random.Percent(15)) shopper.RegisterBetween(registered + 1, kAsOf - 1);
  if (random.Percent(5)) shopper.OrderBetween(0, week * 7 - 1);
  if (random.Percent(10)) shopper.OrderBetween((week + kCohortPeriods) * 7, kLastDay - 1);
}

void PlayRegistration(Shopper& shopper) {
  Random& random = shopper.world().random;
  const Role role = shopper.unit().role;
  const bool confused = role == Role::kFamilyDevice || role == Role::kRecycledPhone;
  if (!random.Percent(45)) return;
  if (confused || random.Percent(40)) {
    shopper.RegisterBetween(0, kCohortFromDay * kDay - 1);
    if (!confused && random.Percent(15)) {
      shopper.RegisterBetween(kCohortFromDay * kDay, kCohortToDay * kDay - 1);
    }
  } else {
    shopper.RegisterBetween(kCohortToDay * kDay, kAsOf - 1);
  }
}

void PlayOrders(Shopper& shopper, int from_day, int to_day) {
  Random& random = shopper.world().random;
  static constexpr std::array<int, 7> kOrders{56, 18, 9, 6, 3, 3, 5};
  int orders = static_cast<int>(random.Weighted(kOrders));
  if (orders == 6) orders = random.Between(6, 14);
  for (; orders > 0; --orders) shopper.OrderBetween(std::min(from_day, to_day), to_day);
  if (random.PerMille(8)) PayAt(shopper, random.Percent(50) ? kTagFrom : kTagFrom - 1);
}

}  // namespace cdp::demo
