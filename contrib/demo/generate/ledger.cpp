#include "ledger.h"

#include <algorithm>

namespace cdp::demo {
namespace {

constexpr int kHighOrders = 6;
constexpr int kMediumOrders = 3;
constexpr std::uint64_t kStrongCents = 300000;
constexpr std::uint64_t kMediumCents = 100000;
// Whole days of the calendar before the day of kAsOf.
constexpr int kLatelyDays = 30;
constexpr int kSilentDays = 60;
constexpr int kLapsedDays = 120;

int DaysAgo(int at) { return kAsOf / kDay - at / kDay; }

}  // namespace

void Ledger::Registered(int at) {
  if (unit_.first_register < 0 || at < unit_.first_register) unit_.first_register = at;
}

void Ledger::Paid(int at, std::uint32_t cents) {
  unit_.pay_weeks |= 1U << (at / kWeek);
  unit_.first_pay = unit_.first_pay < 0 ? at : std::min(unit_.first_pay, at);
  unit_.last_pay = std::max(unit_.last_pay, at);
  if (at >= kTagFrom) {
    ++unit_.orders;
    unit_.cents += cents;
  }
}

void Ledger::Followed(Channel channel, int depth) {
  unit_.entry = channel;
  unit_.depth = depth;
}

void Ledger::CountTags() {
  if (unit_.orders == 0) return;
  const bool high = unit_.orders >= kHighOrders;
  const bool strong = unit_.cents >= kStrongCents;
  ++totals_.order_freq[high ? 0 : unit_.orders >= kMediumOrders ? 1 : 2];
  ++totals_.pay_power[strong ? 0 : unit_.cents >= kMediumCents ? 1 : 2];
  if (high && strong) {
    ++totals_.vip;
    totals_.vip_cents += unit_.cents;
    if (unit_.left_cart) ++totals_.flagship;
  }
  ++totals_
        .rfm[(DaysAgo(unit_.last_pay) <= kLatelyDays ? 1U : 0U) |
             (unit_.orders >= kMediumOrders ? 2U : 0U) | (unit_.cents >= kMediumCents ? 4U : 0U)];
}

void Ledger::CountLifecycle() {
  if (unit_.last_pay < 0) return;
  const int ago = DaysAgo(unit_.last_pay);
  ++totals_.lifecycle[DaysAgo(unit_.first_pay) <= kLatelyDays ? 0
                      : ago <= kSilentDays                    ? 1
                      : ago <= kLapsedDays                    ? 2
                                                              : 3];
}

void Ledger::CountCohort() {
  if (unit_.first_register < 0) return;
  const int week = unit_.first_register / kWeek;
  const int cohort = week - kCohortFirstWeek;
  if (cohort < 0 || cohort >= kCohortWeeks) return;
  ++totals_.cohort_size[cohort];
  for (int period = 0; period < kCohortPeriods; ++period) {
    if (unit_.pay_weeks >> (week + period) & 1U) ++totals_.returned[cohort][period];
  }
}

void Ledger::CountPerson(std::uint32_t channels) {
  ++totals_.persons_resolved;
  for (int c = 0; c < kChannels; ++c) {
    if (channels >> c & 1U) ++totals_.channel_people[c];
  }
}

void Ledger::CloseUnit(int identifiers) {
  CountTags();
  CountLifecycle();
  CountCohort();
  if (unit_.left_cart) ++totals_.left_cart;
  for (int step = 0; step < unit_.depth; ++step) {
    ++totals_.funnel[static_cast<int>(unit_.entry)][step];
  }
  CountPerson(unit_.channels);
  totals_.pairs_resolved += Pairs(identifiers);
  totals_.pairs_correct += Pairs(identifiers);
  unit_ = {};
}

void Ledger::HoldUnit(int identifiers) {
  held_ = unit_;
  held_.identifiers = identifiers;
  unit_ = {};
}

void Ledger::JoinHeldUnit(int identifiers) {
  CountPerson(held_.channels | unit_.channels);
  totals_.pairs_resolved += Pairs(held_.identifiers + identifiers);
  totals_.pairs_correct += Pairs(held_.identifiers) + Pairs(identifiers);
  held_ = {};
  unit_ = {};
}

void Ledger::ReleaseHeldUnit() {
  if (held_.identifiers == 0) return;
  unit_ = held_;
  held_ = {};
  CloseUnit(unit_.identifiers);
}

}  // namespace cdp::demo
