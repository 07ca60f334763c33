#include "last_day.h"

#include <algorithm>

namespace cdp::demo {
namespace {

class LastDayActor {
 public:
  explicit LastDayActor(Shopper& shopper)
      : shopper_(shopper), random_(shopper.world().random), ledger_(shopper.world().ledger) {}

  void Play(int turn) {
    // Leaves room for what comes after the cart on the same day.
    const int at = kLastDay * kDay + random_.Between(2 * kMinute, 20 * kHour);
    switch (turn) {
      case 0:
        GoodCustomer();
        LeaveCart(EarlyOrLate(at));
        break;
      case 1:
        GoodCustomer();
        PaidInTime(at);
        break;
      case 2:
        GoodCustomer();
        PaidTooLate(at);
        break;
      case 3:
        GoodCustomer();
        OneOfTwoCarts(at);
        break;
      case 4:
        GoodCustomer();
        PaidBefore(at);
        break;
      case 5:
        Orders(random_.Between(6, 10), 299999, kTagFrom);
        LeaveCart(at);
        break;
      case 6:
        Orders(5, random_.Between(320000, 900000), kTagFrom);
        LeaveCart(at);
        break;
      case 7:
        Orders(6, 300000, kTagFrom);
        LeaveCart(at);
        break;
      case 8:
        LeaveCart(at);
        break;
      default:
        // Three orders too old to count: five are left, one too few.
        Orders(5, random_.Between(320000, 900000), kTagFrom);
        Orders(3, 60000, 0);
        LeaveCart(at);
    }
  }

 private:
  void GoodCustomer() {
    const int count = random_.Between(6, 14);
    Orders(count, random_.Between(300000, 1500000), kTagFrom);
  }

  // So many payments with exactly this sum. They lie in the days that count for the tags, or, with
  // `from` 0, before them.
  void Orders(int count, int cents, int from) {
    const int to = from == 0 ? kTagFrom - 1 : kLastDay * kDay - 1;
    int left = cents;
    for (int i = count; i > 0; --i) {
      const int share = i == 1 ? left : random_.Between(left / i / 2, left / i);
      left -= share;
      const int at = random_.Between(from, to);
      const std::uint16_t item = shopper_.AnyItem();
      const Channel channel = shopper_.AnyChannel();
      shopper_.Submit(at, channel, item, static_cast<std::uint32_t>(share));
      shopper_.Pay(at, shopper_.MaybeSwitch(channel), item, static_cast<std::uint32_t>(share));
    }
  }

  void FillCart(int at) {
    item_ = shopper_.AnyItem();
    shopper_.Do(at, Action::kAddToCart, shopper_.AnyChannel(), item_);
  }
  void LeaveCart(int at) {
    FillCart(at);
    ledger_.LeftCart();
  }
  void PayCart(int at) { shopper_.Pay(at, shopper_.AnyChannel(), item_, PriceOf(item_)); }

  int EarlyOrLate(int at) {
    if (random_.Percent(5)) return kLastDay * kDay;
    return random_.Percent(10) ? kAsOf - 1 : at;
  }

  void PaidInTime(int at) {
    FillCart(at);
    PayCart(at + (random_.Percent(25) ? kCartWindow : random_.Between(1, kCartWindow)));
  }

  void PaidTooLate(int at) {
    LeaveCart(at);
    PayCart(at + kCartWindow + 1 + (random_.Percent(25) ? 0 : random_.Between(0, kHour)));
  }

  void OneOfTwoCarts(int at) {
    if (random_.Percent(50)) {
      FillCart(at);
      PayCart(at + 5 * kMinute);
      LeaveCart(at + 10 * kMinute);
    } else {
      LeaveCart(at);
      FillCart(at + kHour);
      PayCart(at + kHour + kMinute);
    }
  }

  void PaidBefore(int at) {
    LeaveCart(at);
    PayCart(at - kMinute);
  }

  Shopper& shopper_;
  Random& random_;
  Ledger& ledger_;
  std::uint16_t item_ = kNoItem;
};

}  // namespace

void PlayLastDay(Shopper& shopper, int n) { LastDayActor(shopper).Play(n % 10); }

}  // namespace cdp::demo
