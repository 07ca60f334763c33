#include "core/audience/behavior_number.h"

#include <gtest/gtest.h>

#include <string>

namespace cdp::audience {
namespace {

NumberTest Of(Compare compare, const std::string& first, const std::string& last,
              int decimals = 0) {
  return *NumberTest::Of(
      {compare, {{ValueKind::kNumber, first, {}}, {ValueKind::kNumber, last, {}}}}, decimals);
}

TEST(NumberTest, TheFirstCountWithAnotherAnswerIsKnown) {
  for (const Compare compare :
       {Compare::kEqual, Compare::kNotEqual, Compare::kLess, Compare::kAtMost, Compare::kMore,
        Compare::kAtLeast, Compare::kBetween}) {
    for (const char* first : {"-2", "-1", "0", "0.5", "1", "2", "2.5", "7"}) {
      for (const char* last : {"-1", "0", "1.5", "3", "99999999999999999999999999999999999999"}) {
        const NumberTest test = Of(compare, first, last);
        std::int64_t other = 1;
        while (other < 20 && test.Holds(other) == test.Holds(0)) ++other;
        const std::int64_t found = test.FirstOther();
        ASSERT_GE(found, 1);
        // Where it never changes, any number will do.
        if (other < 20) {
          ASSERT_EQ(found, other) << first << " " << last;
        }
      }
    }
  }
}

TEST(NumberTest, RangesAreTheNumbersThatFulfilIt) {
  for (const Compare compare :
       {Compare::kEqual, Compare::kNotEqual, Compare::kLess, Compare::kAtMost, Compare::kMore,
        Compare::kAtLeast, Compare::kBetween}) {
    for (const char* operand : {"-0.07", "-0.065", "0", "0.03", "0.031"}) {
      const NumberTest test = Of(compare, operand, "0.05", 2);
      std::vector<behavior::StepConditions::Range> ranges;
      test.AppendRanges(&ranges);
      for (std::int64_t number = -10; number < 10; ++number) {
        bool lies = false;
        for (const auto& range : ranges) lies |= range.least <= number && number <= range.most;
        ASSERT_EQ(lies, test.Holds(number)) << operand << " " << number;
      }
    }
  }
}

TEST(NumberTest, WhatIsNoNumberIsNone) {
  EXPECT_FALSE(NumberTest::Of({Compare::kEqual, {{ValueKind::kText, "x", {}}}}, 0));
  EXPECT_FALSE(NumberTest::Of({Compare::kLess, {{ValueKind::kTime, "2025-01-01", {}}}}, 0));
  EXPECT_FALSE(NumberTest::Of({}, 0));
}

}  // namespace
}  // namespace cdp::audience
