#include "core/behavior/sequence_pattern.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cdp::behavior {
namespace {

SequencePattern Parse(std::string_view text, int conditions = 3) {
  return ParseSequencePattern(text, conditions, std::pmr::get_default_resource());
}

/// The place of the fault and what is wrong.
std::string FaultOf(std::string_view text) {
  try {
    Parse(text);
  } catch (const PatternError& error) {
    EXPECT_EQ(error.code(), ErrorCode::kSyntax);
    EXPECT_FALSE(error.detail().empty());
    return std::to_string(error.at()) + ": " + error.what();
  }
  return "no error";
}

TEST(SequencePattern, ReadsEveryPart) {
  const auto pattern = Parse(" (?1) ( ? t <= 30 m ) . .*(?3)(?w<2h)");
  ASSERT_EQ(pattern.items.size(), 3u);
  EXPECT_EQ(pattern.items[0].fills, 1u);
  EXPECT_TRUE(pattern.items[0].named);
  EXPECT_EQ(pattern.items[1].fills, ~std::uint64_t{0});
  EXPECT_FALSE(pattern.items[1].named);
  EXPECT_TRUE(pattern.items[1].skips);
  ASSERT_EQ(pattern.items[1].spans.size(), 1u);
  EXPECT_EQ(pattern.items[1].spans[0].most, 1'800'000'000u);
  EXPECT_EQ(pattern.items[2].fills, 4u);
  EXPECT_TRUE(pattern.items[2].spans[0].unlimited());
  EXPECT_EQ(pattern.window, 7'200'000'000u - 1);
}

TEST(SequencePattern, Units) {
  const std::pair<const char*, std::uint64_t> units[] = {
      {"7", 7'000'000},
      {"7s", 7'000'000},
      {"7us", 7},
      {"7ms", 7'000},
      {"7m", 420'000'000},
      {"7h", 25'200'000'000},
      {"7d", 604'800'000'000},
      {"9223372036854775807us", 9223372036854775807u},
      {"0", 0},
  };
  for (const auto& [text, micros] : units) {
    EXPECT_EQ(Parse("(?1)(?t<=" + std::string(text) + ")(?2)").items[1].spans[0].most, micros);
  }
}

TEST(SequencePattern, TimesBetweenTwoEventsAreCutTogether) {
  const auto spans = Parse("(?1)(?t>=2us)(?t!=5us)(?t<9us).*(?2)").items[1].spans;
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].least, 2u);
  EXPECT_EQ(spans[0].most, 4u);
  EXPECT_EQ(spans[1].least, 6u);
  EXPECT_EQ(spans[1].most, 8u);
  EXPECT_TRUE(Parse("(?1)(?t<0)(?2)").items[1].spans.empty());
  EXPECT_TRUE(Parse("(?1)(?t<=2)(?t>2)(?2)").items[1].spans.empty());
}

TEST(SequencePattern, SaysWhereItFails) {
  EXPECT_EQ(FaultOf("(?4)"), "2: sequence pattern names a condition that does not exist");
  EXPECT_EQ(FaultOf("(?0)"), "2: sequence pattern names a condition that does not exist");
  EXPECT_EQ(FaultOf("(?99999999999999999999)"),
            "2: sequence pattern names a condition that does not exist");
  EXPECT_EQ(FaultOf("(?1"), "3: syntax error at end of sequence pattern");
  EXPECT_EQ(FaultOf("("), "1: syntax error at end of sequence pattern");
  EXPECT_EQ(FaultOf("(1)"), "1: syntax error in sequence pattern");
  EXPECT_EQ(FaultOf("(?1)*"), "4: syntax error in sequence pattern");
  EXPECT_EQ(FaultOf("(?1)x"), "4: syntax error in sequence pattern");
  EXPECT_EQ(FaultOf("(?1)(?t=1)"), "7: syntax error in sequence pattern");
  EXPECT_EQ(FaultOf("(?1)(?t<=)"), "9: syntax error in sequence pattern");
  EXPECT_EQ(FaultOf("(?1)(?t<=-1)"), "9: syntax error in sequence pattern");
  EXPECT_EQ(FaultOf("(?1)(?t<=1w)"), "10: syntax error in sequence pattern");
  EXPECT_EQ(FaultOf("(?1)(?t<=1.5)"), "10: syntax error in sequence pattern");
  EXPECT_EQ(FaultOf("(?1)(?t<=9223372036855)"), "9: time in sequence pattern is too long");
  EXPECT_EQ(FaultOf("(?1)(?t<=99999999999999999999us)"), "9: time in sequence pattern is too long");
  EXPECT_EQ(FaultOf("(?t>1)(?1)"), "0: time condition of sequence pattern has no event before it");
  EXPECT_EQ(FaultOf("(?1)(?w>1)"), "7: window of sequence pattern must be an upper limit");
  EXPECT_EQ(FaultOf("(?1)(?w<0)"), "7: window of sequence pattern must be an upper limit");
  EXPECT_EQ(FaultOf("(?1)\xc3\xa4"), "4: syntax error in sequence pattern");
  EXPECT_EQ(FaultOf(std::string(5000, '.')), "4096: sequence pattern is too long");
  EXPECT_EQ(FaultOf(std::string(4096, '.')), "no error");
}

}  // namespace
}  // namespace cdp::behavior
