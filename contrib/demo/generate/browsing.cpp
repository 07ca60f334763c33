#include <algorithm>
#include <array>

#include "shopper.h"

namespace cdp::demo {
namespace {

constexpr std::array<Action, 8> kIdle{Action::kOpen,     Action::kPageView,      Action::kSearch,
                                      Action::kViewLive, Action::kCouponReceive, Action::kShare,
                                      Action::kChat,     Action::kAdClick};
constexpr std::array<int, 8> kIdleWeights{30, 40, 12, 8, 4, 2, 6, 8};

// Most people come once or twice, a few nearly every day.
int Sessions(Random& random) {
  static constexpr std::array<int, 5> kShares{46, 36, 14, 3, 1};
  static constexpr std::array<std::array<int, 2>, 5> kRange{
      {{0, 1}, {1, 2}, {2, 6}, {8, 20}, {25, 70}}};
  const auto& range = kRange[random.Weighted(kShares)];
  return random.Between(range[0], range[1]);
}

// A campaign person's steps in June, and everybody's carts on the last day, are planted elsewhere:
// browsing must not add to them.
Action NextAction(Random& random, Role role, int day) {
  const bool planted = role == Role::kCampaign && day >= kCampaignDay;
  const int dice = random.Between(1, 100);
  if (!planted && dice <= 35) return Action::kViewItem;
  if (!planted && day != kLastDay && dice <= 42) return Action::kAddToCart;
  return kIdle[random.Weighted(kIdleWeights)];
}

void Session(Shopper& shopper) {
  Random& random = shopper.world().random;
  const Unit& unit = shopper.unit();
  const int day = random.Between(unit.start_day, kLastDay);
  int at = day * kDay + shopper.AnyHour();
  const Channel channel = shopper.AnyChannel();
  const int events = random.Between(1, 4);
  for (int i = 0; i < events; ++i) {
    const Action action = NextAction(random, unit.role, day);
    const bool item = action == Action::kViewItem || action == Action::kAddToCart;
    shopper.Do(at, action, channel, item ? shopper.AnyItem() : kNoItem);
    at += random.Between(2, 400);
  }
}

}  // namespace

void Browse(Shopper& shopper) {
  Random& random = shopper.world().random;
  const Unit& unit = shopper.unit();
  for (Channel channel : unit.channels) {
    if (!random.Percent(22)) continue;
    const int day = random.Between(std::min(unit.start_day, kCampaignDay - 1), kCampaignDay - 1);
    shopper.Do(day * kDay + random.Between(0, kDay - 1), Action::kFollow, channel);
  }
  for (int i = Sessions(random); i > 0; --i) Session(shopper);
}

void BrowseAsStranger(Shopper& shopper) {
  Random& random = shopper.world().random;
  const Channel channel = shopper.AnyChannel();
  if (channel != Channel::kWeb && random.Percent(20)) {
    for (int i = random.Between(1, 2); i > 0; --i) {
      shopper.OrderBetween(shopper.unit().start_day, kLastDay - 1);
    }
  }
  for (int i = random.Between(1, 2); i > 0; --i) Session(shopper);
}

}  // namespace cdp::demo
