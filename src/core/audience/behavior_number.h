/// Tests of numbers of events: of counts, values, sums and averages.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/audience/rule_range.h"
#include "core/behavior/step_condition.h"

namespace cdp::audience {

/// A test of =, <> or an order, of numbers in units of 10^-decimals.
class NumberTest {
 public:
  /// Nothing when an operand is no number.
  static std::optional<NumberTest> Of(const Test& test, int decimals);

  /// Does the average of `n` numbers, which have this sum, fulfil it? `n` is at least 1.
  bool Holds(Number sum, std::uint64_t n = 1) const {
    if (n == 1) return of_one_.Holds(sum);
    return RangeFor(n).Holds(sum);
  }

  /// The least count, from 1 on, whose answer is not that of none at all.
  std::int64_t FirstOther() const;

  /// Adds the numbers that fulfil it, in no order.
  void AppendRanges(std::vector<behavior::StepConditions::Range>* ranges) const;

 private:
  /// A decimal number: its sign, and what it is without.
  struct Decimal {
    bool negative = false;
    Number whole = 0;
    std::uint64_t first_digits = 0;  ///< behind the point, kDigits of them
    std::uint64_t next_digits = 0;   ///< as many behind these
  };
  static Decimal Parse(std::string_view number, int decimals);
  static Rounded Multiplied(const Decimal& number, std::uint64_t n);

  NumberTest(Compare compare, const Decimal& first, const Decimal& last);
  Range RangeFor(std::uint64_t n) const;

  Compare compare_;
  Decimal first_;
  Decimal last_;
  Range of_one_;
};

}  // namespace cdp::audience
