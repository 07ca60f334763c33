#include "campaign.h"

#include <algorithm>
#include <array>

namespace cdp::demo {
namespace {

using Turn = CampaignPlan::Turn;

class CampaignActor {
 public:
  CampaignActor(Shopper& shopper, const CampaignPlan& plan)
      : shopper_(shopper), random_(shopper.world().random), plan_(plan), now_in_(plan.entry) {}

  void Play() {
    const bool second = plan_.turn == Turn::kSecondFollow;
    // Everything ends on June 29 at the latest: carts of the last day are another truth.
    start_ = kCampaignFrom + random_.Between(0, (second ? 14 : 19) * kDay);
    at_[1] = start_;
    ChooseTimes();
    shopper_.Do(start_, Action::kFollow, plan_.entry);
    if (second) shopper_.Do(start_ + 5 * kDay, Action::kFollow, shopper_.AnyChannel());
    if (plan_.turn == Turn::kTie) {
      for (int k = 2; k <= plan_.depth - 2; ++k) Step(k, at_[k]);
      if (plan_.depth > 2) {
        Step(plan_.depth, at_[plan_.depth]);
        Step(plan_.depth - 1, at_[plan_.depth - 1]);
      } else {
        Step(2, at_[2]);
      }
    } else {
      for (int k = 2; k <= plan_.depth; ++k) Step(k, at_[k]);
    }
    MisleadingSteps();
    shopper_.world().ledger.Followed(plan_.entry, plan_.depth);
  }

 private:
  // Times of the steps 2 to depth, in order.
  void ChooseTimes() {
    const int depth = plan_.depth;
    if (plan_.turn == Turn::kSecondFollow) {
      // From the first follow the last step comes too late, from the second follow in time.
      for (int k = 2; k < depth; ++k) {
        at_[k] = start_ + random_.Between(5 * kDay, kFunnelWindow);
      }
      std::sort(at_.begin() + 2, at_.begin() + depth);
      at_[depth] = start_ + kFunnelWindow + 1 + random_.Between(0, 4 * kDay);
      return;
    }
    const int within = random_.Percent(60) ? 2 * kHour : random_.Percent(50) ? kDay : kFunnelWindow;
    for (int k = 2; k <= depth; ++k) at_[k] = start_ + random_.Between(0, within);
    std::sort(at_.begin() + 2, at_.begin() + depth + 1);
    if (plan_.turn == Turn::kEdge) at_[depth] = start_ + kFunnelWindow;
    if (plan_.turn == Turn::kTie) at_[depth] = at_[depth - 1];
  }

  void Step(int k, int at) {
    now_in_ = random_.Percent(50) ? shopper_.AnyChannel() : now_in_;
    const auto action = static_cast<Action>(k - 1);
    if (item_ == kNoItem) item_ = shopper_.AnyItem();
    const std::uint32_t cents = PriceOf(item_);
    switch (action) {
      case Action::kRegister:
        shopper_.Register(at, now_in_);
        break;
      case Action::kSubmitOrder:
        shopper_.Submit(at, now_in_, item_, cents);
        break;
      case Action::kPay:
        shopper_.Pay(at, now_in_, item_, cents);
        break;
      case Action::kFollow:
        shopper_.Do(at, action, now_in_);
        break;
      default:
        shopper_.Do(at, action, now_in_, item_);
        break;
    }
  }

  // Steps that a careless count would take for progress.
  void MisleadingSteps() {
    const int depth = plan_.depth;
    if (plan_.turn == Turn::kTooLate) {
      const int late = start_ + kFunnelWindow + 1;
      Step(depth + 1, random_.Percent(30) ? late : late + random_.Between(0, 36 * kHour));
    }
    if (plan_.turn == Turn::kOutOfOrder) Step(depth + 1, at_[depth] - random_.Between(1, 600));
    if (plan_.turn == Turn::kTooLate || plan_.turn == Turn::kOutOfOrder) {
      // Without the step before it, this one means nothing, though it is in time.
      if (depth + 2 <= kSteps) Step(depth + 2, at_[depth] + random_.Between(0, 30));
    }
    if (plan_.turn == Turn::kRepeats) {
      for (int i = random_.Between(1, 4); i > 0; --i) {
        const int k = random_.Between(1, depth);
        Step(k, start_ + 1 + random_.Between(0, 8 * kDay));
      }
    }
  }

  Shopper& shopper_;
  Random& random_;
  const CampaignPlan& plan_;
  Channel now_in_;
  std::uint16_t item_ = kNoItem;
  int start_ = 0;
  std::array<int, kSteps + 1> at_{};  // by step, from 1
};

bool Possible(Turn turn, int depth) {
  switch (turn) {
    case Turn::kTooLate:
    case Turn::kOutOfOrder:
      return depth < kSteps;
    case Turn::kSecondFollow:
      return depth >= 3;
    case Turn::kEdge:
    case Turn::kTie:
      return depth >= 2;
    default:
      return true;
  }
}

}  // namespace

CampaignPlan PlanCampaign(Random& random, int n) {
  static constexpr std::array<int, kChannels> kEntries{14, 20, 20, 10, 10, 5, 4, 8, 5, 4};
  static constexpr std::array<int, kSteps> kDepths{26, 20, 18, 14, 9, 13};
  static constexpr std::array<int, 7> kTurns{34, 16, 16, 10, 6, 12, 6};
  CampaignPlan plan;
  const bool covering = n < 2 * kChannels * kSteps;
  plan.entry = static_cast<Channel>(covering ? n % kChannels : random.Weighted(kEntries));
  plan.depth = 1 + static_cast<int>(covering ? n / kChannels % kSteps : random.Weighted(kDepths));
  do {
    plan.turn = static_cast<Turn>(random.Weighted(kTurns));
  } while (!Possible(plan.turn, plan.depth));
  return plan;
}

void PlayCampaign(Shopper& shopper, const CampaignPlan& plan) {
  CampaignActor(shopper, plan).Play();
}

}  // namespace cdp::demo
