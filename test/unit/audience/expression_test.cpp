#include "core/audience/expression.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "oracle/audience.h"

namespace cdp::audience {
namespace {

std::string Canonical(const std::string& text) { return Print(Parse(text)); }

/// "character: message" of the error, or the canonical form when there is none.
std::string Complaint(const std::string& text) {
  try {
    return Canonical(text);
  } catch (const SyntaxError& error) {
    return std::to_string(error.character()) + ": " + error.what();
  }
}

TEST(Expression, AndBindsTighterThanOrAndNotTightest) {
  EXPECT_EQ(Canonical("tag:a or tag:b and not tag:c"), "tag:a or tag:b and not tag:c");
  EXPECT_EQ(Canonical("((tag:a) or ((tag:b) and (not (tag:c))))"), "tag:a or tag:b and not tag:c");
  EXPECT_EQ(Canonical("(tag:a or tag:b) & !tag:c"), "(tag:a or tag:b) and not tag:c");
  EXPECT_EQ(Canonical("!(tag:a & tag:b)"), "not (tag:a and tag:b)");
}

TEST(Expression, OperatorsAssociateToTheLeft) {
  EXPECT_EQ(Canonical("(tag:a and tag:b) and tag:c"), "tag:a and tag:b and tag:c");
  EXPECT_EQ(Canonical("tag:a and (tag:b and tag:c)"), "tag:a and (tag:b and tag:c)");
}

TEST(Expression, ButNotIsAndNot) {
  EXPECT_EQ(Canonical("everyone BUT NOT audience:x"), "everyone and not audience:x");
  EXPECT_EQ(Complaint("everyone but audience:x"), "14: syntax error at or near \"audience\"");
  EXPECT_EQ(Complaint("everyone but !audience:x"), "14: syntax error at or near \"!\"");
}

TEST(Expression, KeywordsMayBeNames) {
  EXPECT_EQ(Canonical("tag:in in (in, and) or audience:everyone"),
            "tag:in in (in, and) or audience:everyone");
}

TEST(Expression, JsonEscapesWhatItMust) {
  EXPECT_EQ(
      ToJson(Parse("tag:'a\"\\' in (\"\n\", \"\x01\") and audience:\xe9\x87\x91 or not everyone")),
      R"([{"op":"tag","name":"a\"\\","values":["\u000a","\u0001"]},)"
      "{\"op\":\"audience\",\"name\":\"\xe9\x87\x91\"},"
      R"({"op":"and"},{"op":"everyone"},{"op":"not"},{"op":"or"}])");
  EXPECT_EQ(ToJson(Parse("tag:x")), R"([{"op":"tag","name":"x","values":null}])");
}

TEST(Expression, ErrorsPointAtTheCharacter) {
  EXPECT_EQ(Complaint(""), "1: syntax error at end of input");
  EXPECT_EQ(Complaint("  "), "3: syntax error at end of input");
  EXPECT_EQ(Complaint("tag:a and"), "10: syntax error at end of input");
  EXPECT_EQ(Complaint("tag:\xe9\x87\x91\xe5\x8d\xa1 ) x"), "8: syntax error at or near \")\"");
  EXPECT_EQ(Complaint("tag:a tag:b"), "7: syntax error at or near \"tag\"");
  EXPECT_EQ(Complaint("tag:a in ()"), "11: syntax error at or near \")\"");
  EXPECT_EQ(Complaint("tag:a in (b,)"), "13: syntax error at or near \")\"");
  EXPECT_EQ(Complaint("tag:a = = b"), "9: syntax error at or near \"=\"");
  EXPECT_EQ(Complaint("tag a"), "5: syntax error at or near \"a\"");
  EXPECT_EQ(Complaint("audience:a = b"), "12: syntax error at or near \"=\"");
  EXPECT_EQ(Complaint("vip"), "1: syntax error at or near \"vip\"");
  EXPECT_EQ(Complaint("tag:a; x"), "6: syntax error at or near \";\"");
  EXPECT_EQ(Complaint("tag:'a"), "5: unterminated quoted string at or near \"'a\"");
  EXPECT_EQ(Complaint("tag:''"), "5: zero-length name at or near \"''\"");
  // A parenthesis of a Chinese keyboard.
  EXPECT_EQ(Complaint("\xef\xbc\x88tag:a"), "1: syntax error at or near \"\xef\xbc\x88\"");
}

TEST(Expression, AQuotedFaultIsShortened) {
  const std::string complaint = Complaint("tag:'" + std::string(1000, 'x'));
  EXPECT_LT(complaint.size(), 200u);
  EXPECT_TRUE(complaint.ends_with("...\"")) << complaint;
}

TEST(Expression, NestingHasALimit) {
  const auto nested = [](std::size_t n) {
    return std::string(n, '(') + "everyone" + std::string(n, ')');
  };
  EXPECT_EQ(Canonical(nested(kMaxDepth)), "everyone");
  EXPECT_THROW(Parse(nested(kMaxDepth + 1)), Error);
  EXPECT_THROW(Parse(std::string(1'000'000, '(')), Error);
  EXPECT_THROW(Parse(std::string(1'000'000, '!')), Error);
}

TEST(Expression, LongChainsAreNoNesting) {
  std::string text = "everyone";
  for (int i = 0; i < 20000; ++i) text += i % 2 == 0 ? " and tag:a" : " or tag:b";
  EXPECT_EQ(Canonical(text), text);
}

TEST(ExpressionProperty, EverySpellingGivesTheTree) {
  std::mt19937_64 rng(20250406);
  for (int round = 0; round < 20000; ++round) {
    const auto tree = oracle::RandomTree(rng, static_cast<int>(rng() % 6));
    const std::string text = oracle::Speller(rng).Spell(*tree);
    std::vector<Step> expected;
    oracle::Postfix(*tree, &expected);
    ASSERT_EQ(Parse(text), expected) << "round " << round << ": " << text;
    const std::string canonical = Print(expected);
    ASSERT_EQ(Parse(canonical), expected) << "round " << round << ": " << canonical;
    ASSERT_EQ(Print(Parse(canonical)), canonical) << "round " << round;
  }
}

}  // namespace
}  // namespace cdp::audience
