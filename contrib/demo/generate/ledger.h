#pragma once

#include <array>
#include <cstdint>

#include "calendar.h"
#include "vocabulary.h"

namespace cdp::demo {

/// Number of pairs among n identifiers.
constexpr std::uint64_t Pairs(int n) {
  return static_cast<std::uint64_t>(n) * static_cast<std::uint64_t>(n > 0 ? n - 1 : 0) / 2;
}

/// The planted truths, summed up while the rows are thought of.
struct Totals {
  std::array<std::array<std::uint64_t, kSteps>, kChannels> funnel{};
  std::array<std::array<std::uint64_t, kCohortPeriods>, kCohortWeeks> returned{};
  std::array<std::uint64_t, kCohortWeeks> cohort_size{};
  std::array<std::uint64_t, kChannels> channel_people{};
  std::array<std::uint64_t, 3> order_freq{};  // high, medium, low
  std::array<std::uint64_t, 3> pay_power{};   // strong, medium, weak
  std::array<std::uint64_t, 8> rfm{};         // bits: lately 1, often 2, for much 4
  std::array<std::uint64_t, 4> lifecycle{};   // new, active, silent, lapsed
  std::uint64_t vip = 0;                      // order_freq high, pay_power strong
  std::uint64_t vip_cents = 0;                // what they paid since kTagFrom
  std::uint64_t flagship = 0;
  std::uint64_t left_cart = 0;
  std::uint64_t persons_resolved = 0;
  std::uint64_t link_pairs = 0;
  std::uint64_t identifiers_blocked = 0;
  std::uint64_t identifiers_shared = 0;
  std::uint64_t pairs_true = 0;      // of identifiers of one true person
  std::uint64_t pairs_resolved = 0;  // of identifiers that resolution brings together
  std::uint64_t pairs_correct = 0;   // both
};

/// Keeps the books of one unit at a time: a group of identifiers that resolution brings together
/// and the events done with them. A person has one unit, or several where links are missing.
class Ledger {
 public:
  void Saw(Channel channel) { unit_.channels |= 1U << static_cast<unsigned>(channel); }
  void Registered(int at);
  void Paid(int at, std::uint32_t cents);
  /// The unit's first follow of the campaign was in `channel`; its best chain has `depth` steps.
  void Followed(Channel channel, int depth);
  /// The unit left a cart unpaid on the last day.
  void LeftCart() { unit_.left_cart = true; }

  /// Ends the unit, which has so many identifiers.
  void CloseUnit(int identifiers);
  /// Ends a unit that resolution confuses with the next one closed by JoinHeldUnit.
  void HoldUnit(int identifiers);
  void JoinHeldUnit(int identifiers);
  /// The partner of a held unit never came.
  void ReleaseHeldUnit();

  void ClosePerson(int identifiers) { totals_.pairs_true += Pairs(identifiers); }

  Totals& totals() { return totals_; }
  const Totals& totals() const { return totals_; }

 private:
  struct Unit {
    std::uint32_t channels = 0;
    std::uint32_t pay_weeks = 0;  // bit per calendar week
    int first_register = -1;
    int first_pay = -1;
    int last_pay = -1;
    int orders = 0;
    std::uint64_t cents = 0;
    int depth = 0;
    Channel entry{};
    bool left_cart = false;
    int identifiers = 0;
  };
  void CountPerson(std::uint32_t channels);
  void CountTags();
  void CountLifecycle();
  void CountCohort();

  Totals totals_;
  Unit unit_;
  Unit held_;
};

}  // namespace cdp::demo
