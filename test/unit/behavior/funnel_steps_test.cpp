#include "core/behavior/funnel_steps.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "core/behavior/step_table.h"

namespace cdp::behavior {
namespace {

using Numbers = std::map<int, std::int64_t>;  ///< by operand

/// Whether an event of code 1 with these numbers fills the one step of "1[condition]".
bool Holds(const std::string& condition, const Numbers& numbers) {
  std::pmr::monotonic_buffer_resource memory;
  FunnelSteps read(&memory);
  ReadSteps("1[" + condition + "]", &read);
  const StepFilter filter(read, &memory);
  return filter.Filled(1, 1, [&](Operand operand) -> std::optional<std::int64_t> {
    const auto found = numbers.find(operand);
    if (found == numbers.end()) return std::nullopt;
    return found->second;
  }) != 0;
}

std::string Failure(const std::string& steps, const std::string& exclude = "") {
  std::pmr::monotonic_buffer_resource memory;
  FunnelSteps read(&memory);
  try {
    ReadSteps(steps, &read);
    if (!exclude.empty()) ReadExclusions(exclude, &read);
  } catch (const StepsError& error) {
    return std::to_string(error.at()) + ": " + error.what();
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

TEST(FunnelSteps, AreReadWithTheirAlternatives) {
  std::pmr::monotonic_buffer_resource memory;
  FunnelSteps read(&memory);
  ReadSteps(" { 3 , 4|5 [ value > 1 ]|6,3 } ", &read);
  ReadExclusions("7, 8|9 between 2 and 3", &read);
  EXPECT_EQ(read.steps, 3);
  std::string events;
  for (const StepEvent& event : read.events) {
    events += std::to_string(event.code) + "@" + std::to_string(event.bit) +
              (event.condition < 0 ? " " : "? ");
  }
  EXPECT_EQ(events, "3@0 4@1 5@1? 6@1 3@2 7@3 8@4 9@4 ");
  ASSERT_EQ(read.exclusions.size(), 2u);
  EXPECT_EQ(read.exclusions[0].from, 1);
  EXPECT_EQ(read.exclusions[0].to, 3);
  EXPECT_EQ(read.exclusions[1].from, 2);
}

TEST(FunnelSteps, Comparisons) {
  const Numbers five = {{0, 5}};
  for (const auto& [test, holds] : std::map<std::string, bool>{{"value = 5", true},
                                                               {"value <> 5", false},
                                                               {"value != 4", true},
                                                               {"value < 5", false},
                                                               {"value < 6", true},
                                                               {"value <= 5", true},
                                                               {"value <= 4", false},
                                                               {"value > 5", false},
                                                               {"value > -9", true},
                                                               {"value>=5", true},
                                                               {"VALUE>=6", false},
                                                               {"value in (1, 5, 3)", true},
                                                               {"value in (4)", false},
                                                               {"value not in (1, 5, 3)", false},
                                                               {"value NOT IN (4, 6)", true},
                                                               {"value is null", false},
                                                               {"value is not null", true}}) {
    EXPECT_EQ(Holds(test, five), holds) << test;
  }
}

TEST(FunnelSteps, WhatAnEventDoesNotHaveIsInNoRange) {
  for (const char* test : {"value = 0", "value <> 0", "value >= -9223372036854775808",
                           "value not in (7)", "value is not null", "p1 = 0"}) {
    EXPECT_FALSE(Holds(test, {{3, 1}})) << test;
  }
  EXPECT_TRUE(Holds("value is null", {{3, 1}}));
  EXPECT_TRUE(Holds("p3 = 1 and p4 is null", {{3, 1}}));
}

TEST(FunnelSteps, ExtremesOfTheRange) {
  const Numbers least = {{0, INT64_MIN}};
  const Numbers most = {{0, INT64_MAX}};
  EXPECT_FALSE(Holds("value < -9223372036854775808", least));
  EXPECT_FALSE(Holds("value > 9223372036854775807", most));
  EXPECT_TRUE(Holds("value <> 9223372036854775807", least));
  EXPECT_FALSE(Holds("value not in (9223372036854775807, -9223372036854775808)", most));
  EXPECT_FALSE(Holds("value not in (9223372036854775807, -9223372036854775808)", least));
  EXPECT_TRUE(Holds("value not in (0)", most));
}

TEST(FunnelSteps, AndBindsMoreThanOr) {
  const std::string test = "value = 1 or p1 = 2 and p2 = 3";
  EXPECT_TRUE(Holds(test, {{0, 1}}));
  EXPECT_FALSE(Holds(test, {{1, 2}}));
  EXPECT_TRUE(Holds(test, {{1, 2}, {2, 3}}));
  EXPECT_FALSE(Holds("(value = 1 or p1 = 2) and p2 = 3", {{0, 1}}));
  EXPECT_TRUE(Holds("((value = 1) or p1 = 2) and (p2 = 3)", {{0, 1}, {2, 3}}));
}

TEST(FunnelSteps, AnAlternativeWithoutConditionNeedsNone) {
  std::pmr::monotonic_buffer_resource memory;
  FunnelSteps read(&memory);
  ReadSteps("1[value=1]|1, 2", &read);
  EXPECT_TRUE(StepFilter(read, &memory).empty());
}

TEST(FunnelSteps, ErrorsNameTheirPlace) {
  EXPECT_EQ(Failure(""), "funnel has 0 steps");
  EXPECT_EQ(Failure("{}"), "funnel has 0 steps");
  EXPECT_EQ(Failure("1,"), "2: syntax error at end of funnel steps");
  EXPECT_EQ(Failure("{1"), "2: syntax error at end of funnel steps");
  EXPECT_EQ(Failure("1 2"), "2: syntax error in funnel steps");
  EXPECT_EQ(Failure("1}"), "1: syntax error in funnel steps");
  EXPECT_EQ(Failure("1[]"), "2: syntax error in funnel steps");
  EXPECT_EQ(Failure("1[value 3]"), "8: syntax error in funnel steps");
  EXPECT_EQ(Failure("1[value => 3]"), "9: syntax error in funnel steps");
  EXPECT_EQ(Failure("1[value not 3]"), "12: syntax error in funnel steps");
  EXPECT_EQ(Failure("1[value in ()]"), "12: syntax error in funnel steps");
  EXPECT_EQ(Failure("1[value = 1 and]"), "15: syntax error in funnel steps");
  EXPECT_EQ(Failure("1[p5 = 1]"), "2: property \"p5\" of funnel steps is not known");
  EXPECT_EQ(Failure("1, view"), "3: event \"view\" of funnel steps is not known");
  EXPECT_EQ(Failure("1[p1 = 'a]"), "7: unterminated quoted name in funnel steps");
  EXPECT_EQ(Failure("1[value = 99999999999999999999]"),
            "10: number in funnel steps is out of range");
  EXPECT_EQ(Failure("2147483648"), "0: event code 2147483648 is out of range");
  EXPECT_EQ(Failure("1, -2"), "3: event code -2 is negative");
  EXPECT_EQ(Failure("1 # 2"), "2: syntax error in funnel steps");
  EXPECT_EQ(Failure(std::string(kMaxStepsBytes + 1, ' ')), "16384: funnel steps are too long");
  EXPECT_EQ(Failure("1[" + std::string(65, '(') + "value=1"),
            "67: parentheses in funnel steps are nested too deeply");
  EXPECT_EQ(Failure("1,2", "9 between 2 and 2"),
            "10: exclusion is not between two steps of the funnel");
  EXPECT_EQ(Failure("1,2", "9 between 0 and 2"),
            "10: exclusion is not between two steps of the funnel");
  EXPECT_EQ(Failure("1,2", "9 between 1 and 3"),
            "10: exclusion is not between two steps of the funnel");
  EXPECT_EQ(Failure("1,2", "9 between 1"), "11: syntax error at end of funnel steps");
}

TEST(FunnelSteps, Limits) {
  const auto steps = [](int count, const std::string& step) {
    std::string text = step;
    for (int i = 1; i < count; ++i) text += "," + step;
    return text;
  };
  EXPECT_EQ(Failure(steps(64, "1")), "none");
  EXPECT_EQ(Failure(steps(65, "1")), "funnel has more than 64 steps");
  EXPECT_EQ(Failure(steps(64, "1|2|3|4")), "none");
  EXPECT_EQ(Failure(steps(64, "1|2|3|4|5")), "funnel has too many events");
  EXPECT_EQ(Failure(steps(60, "1"), steps(4, "2")), "none");
  EXPECT_EQ(Failure(steps(60, "1"), steps(5, "2")), "funnel has too many exclusions");
}

class Dictionary final : public StepNames {
 public:
  std::optional<std::int64_t> Event(std::string_view name) override { return Find("e:", name); }
  std::optional<std::int64_t> Property(std::string_view name) override { return Find("p:", name); }
  std::optional<std::int64_t> Number(std::string_view property, std::string_view name) override {
    return Find(std::string(property) + ":", name);
  }

 private:
  std::optional<std::int64_t> Find(const std::string& kind, std::string_view name) const {
    static const std::map<std::string, std::int64_t> known = {
        {"e:view", 1},    {"e:add-to.cart", 2}, {"e:Buy \"now\"", 3}, {"e:付款", 4},
        {"p:channel", 2}, {"channel:ads", 7},   {"p1:it's", 8}};
    const auto found = known.find(kind + std::string(name));
    if (found == known.end()) return std::nullopt;
    return found->second;
  }
};

std::string Numbered(const std::string& text) {
  Dictionary names;
  try {
    return NumberSteps(text, &names);
  } catch (const StepsError& error) {
    return std::to_string(error.at()) + ": " + error.what();
  }
}

TEST(FunnelSteps, NamesBecomeNumbers) {
  EXPECT_EQ(Numbered("view, add-to.cart|付款"), "1, 2|4");
  EXPECT_EQ(Numbered("{\"Buy \"\"now\"\"\"[value >= 100] , 'view' }"), "{3[value >= 100] , 1 }");
  EXPECT_EQ(Numbered("view[channel in (ads, 9) or p1 = 'it''s']"), "1[p2 in (7, 9) or p1 = 8]");
  EXPECT_EQ(Numbered("view between 1 and 2, 5"), "1 between 1 and 2, 5");
  EXPECT_EQ(Numbered("1, buy"), "3: event \"buy\" of funnel steps is not known");
  EXPECT_EQ(Numbered("1[colour = 1]"), "2: property \"colour\" of funnel steps is not known");
  EXPECT_EQ(Numbered("1[channel = tv]"), "12: value \"tv\" of funnel steps is not known");
  EXPECT_EQ(Numbered("1[value = ads]"), "10: value \"ads\" of funnel steps is not known");
}

}  // namespace
}  // namespace cdp::behavior
