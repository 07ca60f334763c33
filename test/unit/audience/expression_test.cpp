#include "core/audience/expression.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "oracle/audience.h"

namespace cdp::audience {
namespace {

/// "character: message" of the error, or the one spelling when there is none.
std::string Complaint(const std::string& text) {
  try {
    return PrintRule(ParseExpression(text));
  } catch (const SyntaxError& error) {
    return std::to_string(error.character()) + ": " + error.what();
  }
}

std::string Steps(const std::string& text) { return JsonOfSteps(StepsOf(ParseExpression(text))); }

TEST(Expression, JsonEscapesWhatItMust) {
  EXPECT_EQ(Steps("tag:'a\"\\' in (\"\n\", \"\x01\") and audience:\xe9\x87\x91 or not everyone"),
            R"([{"op":"tag","name":"a\"\\","values":["\u000a","\u0001"]},)"
            "{\"op\":\"audience\",\"name\":\"\xe9\x87\x91\"},"
            R"({"op":"and"},{"op":"everyone"},{"op":"not"},{"op":"or"}])");
  EXPECT_EQ(Steps("tag:x"), R"([{"op":"tag","name":"x","values":null}])");
}

TEST(Expression, WhatIsOfRulesOnlyIsRefusedAtItsPlace) {
  EXPECT_EQ(Complaint("vip"), R"(1: an audience expression cannot contain "vip")");
  EXPECT_EQ(Complaint("tag:\xe9\x87\x91 and not (tag:b or tag:c >= 3)"),
            R"(25: an audience expression cannot contain "tag:c >= 3")");
  EXPECT_EQ(Complaint("audience:a as of today"),
            R"(1: an audience expression cannot contain "audience:a as of today")");
  EXPECT_EQ(Complaint("tag:a between 1 and 2"),
            R"(1: an audience expression cannot contain "tag:a between 1 and 2")");
}

TEST(Expression, LongChainsAreNoNesting) {
  std::string text = "everyone";
  for (int i = 0; i < 20000; ++i) text += i % 2 == 0 ? " and tag:a" : " or tag:b";
  EXPECT_EQ(Complaint(text), text);
}

/// The steps of a tree, by definition: operators of many parts from left to right.
void Postfix(const Node& node, std::vector<Step>* out) {
  for (std::size_t i = 0; i < node.parts.size(); ++i) {
    Postfix(node.parts[i], out);
    if (i > 0) out->push_back({node.kind == Kind::kAnd ? Op::kAnd : Op::kOr, {}, true, {}});
  }
  if (node.kind == Kind::kNot) out->push_back({Op::kNot, {}, true, {}});
  if (node.kind == Kind::kEveryone) out->push_back({Op::kEveryone, {}, true, {}});
  if (node.kind == Kind::kAudience) out->push_back({Op::kAudience, node.name, true, {}});
  if (node.kind == Kind::kTag) {
    const Step any{Op::kTag, node.name, true, {}};
    Step some = any;
    some.any_value = false;
    for (const Value& value : node.test.values) some.values.push_back(value.text);
    switch (node.test.compare) {
      case Compare::kSet:
        out->push_back(any);
        break;
      case Compare::kNotSet:
        out->insert(out->end(), {any, {Op::kNot, {}, true, {}}});
        break;
      case Compare::kEqual:
      case Compare::kIn:
        out->push_back(some);
        break;
      default:
        out->insert(out->end(), {any, some, {Op::kNot, {}, true, {}}, {Op::kAnd, {}, true, {}}});
    }
  }
}

TEST(ExpressionProperty, EverySpellingGivesTheSteps) {
  std::mt19937_64 rng(20250406);
  oracle::RandomRules rules(rng, true);
  for (int round = 0; round < 2000; ++round) {
    const Node tree = rules.Make(static_cast<int>(rng() % 5));
    const std::string text = oracle::Speller(rng).Spell(tree);
    std::vector<Step> expected;
    Postfix(tree, &expected);
    ASSERT_EQ(StepsOf(ParseExpression(text)), expected) << "round " << round << ": " << text;
  }
}

}  // namespace
}  // namespace cdp::audience
