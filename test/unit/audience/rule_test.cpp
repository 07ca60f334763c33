#include "core/audience/rule.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "core/audience/rule_ask.h"
#include "core/audience/rule_words.h"
#include "oracle/audience.h"

namespace cdp::audience {
namespace {

std::string Canonical(const std::string& text) { return PrintRule(ParseRule(text)); }

/// "character: message; detail" of the error, or the one spelling when there is none.
std::string Complaint(const std::string& text) {
  try {
    return Canonical(text);
  } catch (const SyntaxError& error) {
    return std::to_string(error.character()) + ": " + error.what() + "; " + error.detail();
  }
}

/// The same without the detail.
std::string Fault(const std::string& text) {
  const std::string complaint = Complaint(text);
  return complaint.substr(0, complaint.find(';'));
}

TEST(Rule, AndBindsTighterThanOrAndNotTightest) {
  EXPECT_EQ(Canonical("tag:a or tag:b and not tag:c"), "tag:a or tag:b and not tag:c");
  EXPECT_EQ(Canonical("((tag:a) or ((tag:b) and (not (tag:c))))"), "tag:a or tag:b and not tag:c");
  EXPECT_EQ(Canonical("(tag:a or tag:b) & !tag:c"), "(tag:a or tag:b) and not tag:c");
  EXPECT_EQ(Canonical("!(tag:a & tag:b)"), "not (tag:a and tag:b)");
  EXPECT_EQ(Canonical("everyone BUT NOT audience:x"), "everyone and not audience:x");
}

TEST(Rule, GroupsOfOneOperatorAreOneGroup) {
  EXPECT_EQ(Canonical("tag:a and (tag:b and tag:c)"), "tag:a and tag:b and tag:c");
  EXPECT_EQ(ParseRule("(tag:a and tag:b) and tag:c").parts.size(), 3u);
  EXPECT_EQ(Canonical("not not tag:a"), "not not tag:a");
}

TEST(Rule, TestsOfTagsAndAttributes) {
  EXPECT_EQ(Canonical("tag:ltv >= 05000.00 and tag:age BETWEEN 18 AND 25"),
            "tag:ltv >= 5000 and tag:age between 18 and 25");
  EXPECT_EQ(Canonical("tag:city in (a) or tag:city not in (a) or tag:city != a"),
            "tag:city = a or tag:city <> a or tag:city <> a");
  EXPECT_EQ(Canonical("tag:x is set and tag:x is not set"), "tag:x and tag:x is not set");
  EXPECT_EQ(
      Canonical("attr.city = \xe4\xb8\x8a\xe6\xb5\xb7 and ATTR.\"a b\" is set and attr:c = 1"),
      "attr.city = \xe4\xb8\x8a\xe6\xb5\xb7 and attr.\"a b\" is set and attr.c = 1");
  EXPECT_EQ(Canonical("tag:birthday between today and in 7d and tag:seen < 3 weeks ago"),
            "tag:birthday between today and in 7 days and tag:seen < 3 weeks ago");
  EXPECT_EQ(Canonical("tag:since >= '2024-02-29T08:30'"), "tag:since >= \"2024-02-29 08:30:00\"");
  // What equals is text, whatever it looks like.
  EXPECT_EQ(Canonical("tag:code = 007"), "tag:code = 007");
}

TEST(Rule, Behaviour) {
  EXPECT_EQ(Canonical("did pay >= 3 times within 90 days where amount >= 100 and channel = app"),
            "pay >= 3 times in last 90 days where (amount >= 100 and channel = app)");
  EXPECT_EQ(Canonical("not pay = 1 times"), "not pay = 1 time");
  EXPECT_EQ(Canonical("pay between 2 and 5 times between 2025-01-01 and today"),
            "pay between 2 and 5 times between 2025-01-01 and today");
  EXPECT_EQ(Canonical("pay between 30 min ago and now"), "pay between 30 minutes ago and now");
  EXPECT_EQ(Canonical("sum(amount) of pay > 99.50 since 1 month"),
            "sum(amount) of pay > 99.5 in last 1 month");
  EXPECT_EQ(Canonical("days() of visit >= 3 and distinct(item) of view = 2"),
            "days of visit >= 3 and distinct(item) of view = 2");
  EXPECT_EQ(Canonical("first pay since 7 days ago where coupon is set"),
            "first pay since 7 days ago where (coupon is set)");
  EXPECT_EQ(Canonical("add_to_cart then not pay within 30min since 1 day"),
            "add_to_cart then not pay within 30 minutes in last 1 day");
  EXPECT_EQ(Canonical("view where (item = x) then cart then pay where amount > 5 within 2 h"),
            "view where (item = x) then cart then pay where (amount > 5) within 2 hours");
  EXPECT_EQ(Canonical("\"then\" and '\xe6\x94\xaf\xe4\xbb\x98' and \xe6\x94\xaf\xe4\xbb\x98"),
            "\"then\" and \xe6\x94\xaf\xe4\xbb\x98 and \xe6\x94\xaf\xe4\xbb\x98");
}

TEST(Rule, WhereEndsWhereAnotherRuleBegins) {
  EXPECT_EQ(Canonical("pay where a = 1 and b > 2 and cart"),
            "pay where (a = 1 and b > 2) and cart");
  EXPECT_EQ(Canonical("pay where a = 1 and cart >= 2 times"),
            "pay where (a = 1) and cart >= 2 times");
  EXPECT_EQ(Canonical("pay where a = 1 and cart between 2 and 3 times or tag:x"),
            "pay where (a = 1) and cart between 2 and 3 times or tag:x");
  EXPECT_EQ(Canonical("pay where a = 1 and tag:x = 2 and attr.b = 3 and sum(c) of d > 4"),
            "pay where (a = 1) and tag:x = 2 and attr.b = 3 and sum(c) of d > 4");
  EXPECT_EQ(Fault("pay where a = 1 and cart between 2025-01-01 and today"),
            "21: ambiguous condition at or near \"cart\"");
  EXPECT_EQ(Canonical("pay where (a = 1) and cart between 2025-01-01 and today"),
            "pay where (a = 1) and cart between 2025-01-01 and today");
}

TEST(Rule, OtherLeaves) {
  EXPECT_EQ(Canonical("audience:vip as of 2025-01-31 or audience:vip as of 7 days ago"),
            "audience:vip as of 2025-01-31 or audience:vip as of 7 days ago");
  EXPECT_EQ(Canonical("id(phone) in (139, \"1 2\") or id(phone) = 1"),
            "id(phone) in (139, \"1 2\") or id(phone) in (1)");
  EXPECT_EQ(Canonical("top 10 % by tag:ltv or top 0100 by tag:ltv"),
            "top 10% by tag:ltv or top 100 by tag:ltv");
}

TEST(Rule, ErrorsPointAtTheCharacterAndSayWhatWasExpected) {
  EXPECT_EQ(
      Complaint("tag:a and"),
      "10: syntax error at end of input; Expected tag:NAME, attr.NAME, an event, audience:NAME, "
      "id(TYPE), top, everyone, not or a parenthesis.");
  EXPECT_EQ(Complaint("tag:\xe9\x87\x91\xe5\x8d\xa1 ) x"),
            "8: syntax error at or near \")\"; Expected and, or, but not, or the end of the rule.");
  EXPECT_EQ(Complaint("(tag:a x"),
            "8: syntax error at or near \"x\"; Expected and, or, but not, or "
            "a closing parenthesis.");
  EXPECT_EQ(Complaint("tag:a but audience:x"),
            "11: syntax error at or near \"audience\"; Expected not after but.");
  EXPECT_EQ(Complaint("tag:''"),
            "5: zero-length name at or near \"''\"; A name has one character or more.");
  EXPECT_EQ(Complaint("pay >= 3"),
            "9: syntax error at end of input; Expected times after the count.");
  EXPECT_EQ(Complaint("pay >= 1.5 times"),
            "8: syntax error at or near \"1.5\"; Expected a whole number.");
  EXPECT_EQ(Fault("tag:a < gold"), "9: syntax error at or near \"gold\"");
  EXPECT_EQ(Fault("tag:a < 2025-02-29"), "9: date does not exist at or near \"2025-02-29\"");
  EXPECT_EQ(Complaint("a then b"),
            "9: syntax error at end of input; Expected then, or within and a duration.");
  EXPECT_EQ(Fault("a then b within 2 months"), "17: syntax error at or near \"2\"");
  EXPECT_EQ(Fault("pay in last 0 days"), "13: syntax error at or near \"0\"");
  EXPECT_EQ(Complaint("pay in last 3 moons"),
            "15: syntax error at or near \"moons\"; Expected "
            "seconds, minutes, hours, days, weeks, months or years.");
  EXPECT_EQ(Complaint("top 101% by tag:a"),
            "5: syntax error at or near \"101\"; Expected a percentage above 0 and up to 100.");
  EXPECT_EQ(Fault("within"), "1: syntax error at or near \"within\"");
  EXPECT_EQ(Fault("tag:a >> 3"), "8: syntax error at or near \">\"");
  // A parenthesis of a Chinese keyboard.
  EXPECT_EQ(Fault("\xef\xbc\x88tag:a"), "1: syntax error at or near \"\xef\xbc\x88\"");
}

TEST(Rule, WhatEqualsIsNoTimeInRelationToNow) {
  EXPECT_EQ(Complaint("attr.birthday = Today"),
            "17: =, <> and in take no time such as \"today\"; They compare with texts; times in "
            "relation to now are for <, <=, >, >= and between.");
  const auto complaint = [](const std::string& at, const std::string& time) {
    return at + ": =, <> and in take no time such as \"" + time + '"';
  };
  EXPECT_EQ(Fault("tag:a <> now"), complaint("10", "now"));
  EXPECT_EQ(Fault("tag:a in (x, today)"), complaint("14", "today"));
  EXPECT_EQ(Fault("tag:a not in (7 days ago)"), complaint("15", "7 days ago"));
  EXPECT_EQ(Fault("pay where (at = 7d ago)"), complaint("17", "7 days ago"));
  EXPECT_EQ(Fault("attr.a != in 3 weeks"), complaint("11", "in 3 weeks"));
  // Quoted, these are words as any other, and come out quoted.
  EXPECT_EQ(Canonical("tag:a = 'Today' or tag:a in (\"now\", 7, in, ago, 7d)"),
            "tag:a = \"Today\" or tag:a in (\"now\", 7, in, ago, 7d)");
  EXPECT_EQ(Canonical("tag:today = x and attr.now is set and today where (now = 7) in last 7 days"),
            "tag:today = x and attr.now is set and today in last 7 days where (now = 7)");
  // Identifiers are never times.
  EXPECT_EQ(Canonical("id(code) in (today, x)"), "id(code) in (\"today\", x)");
  EXPECT_EQ(Canonical("id(code) in (\"today\", x)"), "id(code) in (\"today\", x)");
}

TEST(Rule, DaysThatDoNotExistAreToldAsSuch) {
  EXPECT_EQ(Complaint("attr.a >= 2025-02-30"),
            "11: date does not exist at or near \"2025-02-30\"; The calendar has no such day.");
  EXPECT_EQ(Fault("pay since 2025-02-30"), "11: date does not exist at or near \"2025-02-30\"");
  EXPECT_EQ(Fault("pay between 2025-01-01 and 2025-13-01"),
            "28: date does not exist at or near \"2025-13-01\"");
  EXPECT_EQ(Fault("audience:a as of 0000-01-01"),
            "18: date does not exist at or near \"0000-01-01\"");
  EXPECT_EQ(Fault("tag:a < \"2025-02-28 24:00\""),
            "9: time of day does not exist at or near \"\"2025-02-28 24:00\"\"");
  EXPECT_EQ(Canonical("tag:a = 2025-02-30"), "tag:a = 2025-02-30");
}

TEST(Rule, AQuotedFaultIsShortened) {
  const std::string complaint = Complaint("tag:'" + std::string(1000, 'x'));
  EXPECT_LT(complaint.size(), 300u);
  EXPECT_NE(complaint.find("...\""), std::string::npos) << complaint;
}

TEST(Rule, NestingAndLengthHaveLimits) {
  const auto nested = [](std::size_t n) {
    std::string text(n, '(');
    text += "everyone";
    text.append(n, ')');
    return text;
  };
  EXPECT_EQ(Canonical(nested(kMaxDepth)), "everyone");
  EXPECT_THROW(ParseRule(nested(kMaxDepth + 1)), Error);
  EXPECT_THROW(ParseRule(std::string(1'000'000, '(')), Error);
  EXPECT_THROW(ParseRule(std::string(1'000'000, '!')), Error);
  EXPECT_THROW(ParseRule(std::string(kMaxTextBytes + 1, ' ')), Error);
  std::string many = "a";
  for (std::size_t i = 1; i < kMaxNodes; ++i) many += "|a";
  EXPECT_EQ(ParseRule(many).parts.size(), kMaxNodes);
  EXPECT_THROW(ParseRule(many + "|a"), Error);
  EXPECT_THROW(Join(Kind::kOr, many, "a"), Error);
  EXPECT_THROW(Negate(many), Error);
  // As deep as can be, negated once more: what is written must be read again.
  std::string deep = "a";
  for (int i = 0; i < kMaxDepth; ++i) deep = "not " + deep;
  EXPECT_EQ(Canonical(deep), deep);
  EXPECT_THROW(Negate(deep), Error);
}

TEST(Rule, LongListsAreRead) {
  std::string text = "id(phone) in (0";
  for (int i = 1; i < 200000; ++i) text += ", " + std::to_string(i);
  text += ')';
  EXPECT_EQ(Canonical(text), text);
}

TEST(Rule, NumbersAndTimes) {
  EXPECT_EQ(NumberOf("-0.0"), "0");
  EXPECT_EQ(NumberOf("-007.50"), "-7.5");
  for (const char* text : {"", "-", ".", ".5", "5.", "1e5", "1.2.3", "--1", "0x1", "1 "}) {
    EXPECT_FALSE(NumberOf(text)) << text;
  }
  EXPECT_TRUE(NumberOf(std::string(kMaxDigits, '9')));
  EXPECT_FALSE(NumberOf(std::string(kMaxDigits + 1, '9')));
  EXPECT_EQ(TimeOf("2000-02-29"), "2000-02-29");
  EXPECT_EQ(TimeOf("2025-01-31T00:00"), "2025-01-31 00:00:00");
  for (const char* text :
       {"1900-02-29", "2025-13-01", "2025-1-01", "0000-01-01", "2025-01-01 24:00",
        "2025-01-01 1:00", "2025-01-01 10:00:60", "2025-01-01 10:00:00.5"}) {
    EXPECT_FALSE(TimeOf(text)) << text;
  }
}

TEST(RuleAsk, NamesAndTree) {
  const std::string text =
      "(tag:b or a then not c within 1 hour) and not audience:v and top 1 by tag:a and tag:b = x";
  const Node node = ParseRule(text);
  EXPECT_EQ(NamesOf(node, Named::kTags), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(NamesOf(node, Named::kAudiences), (std::vector<std::string>{"v"}));
  EXPECT_EQ(NamesOf(node, Named::kEvents), (std::vector<std::string>{"a", "c"}));
  std::string lines;
  for (const TreeRow& row : TreeOf(node)) {
    lines += std::string(static_cast<std::size_t>(row.depth), ' ') + std::string(WordOf(row.kind)) +
             "|" + text.substr(row.place.begin, row.place.end - row.place.begin) + "\n";
  }
  EXPECT_EQ(lines, "and|" + text + "\n" +
                       " or|tag:b or a then not c within 1 hour\n"
                       "  tag|tag:b\n"
                       "  sequence|a then not c within 1 hour\n"
                       " not|not audience:v\n"
                       "  audience|audience:v\n"
                       " top|top 1 by tag:a\n"
                       " tag|tag:b = x\n");
}

TEST(RuleAsk, JoinedRulesKeepTheirMeaning) {
  EXPECT_EQ(Join(Kind::kAnd, "a or b", "c and d"), "(a or b) and c and d");
  EXPECT_EQ(Join(Kind::kOr, "a or b", "c and d"), "a or b or c and d");
  EXPECT_EQ(Negate("a and b"), "not (a and b)");
}

TEST(RuleProperty, EverySpellingGivesTheTree) {
  std::mt19937_64 rng(20261122);
  oracle::RandomRules rules(rng);
  for (int round = 0; round < 2000; ++round) {
    const Node tree = rules.Make(static_cast<int>(rng() % 5));
    const std::string text = oracle::Speller(rng).Spell(tree);
    ASSERT_EQ(ParseRule(text), tree) << "round " << round << ": " << text;
    const std::string canonical = PrintRule(tree);
    const Node again = ParseRule(canonical);
    ASSERT_EQ(again, tree) << "round " << round << ": " << canonical;
    ASSERT_EQ(PrintRule(again), canonical) << "round " << round;
    ASSERT_EQ(RuleOfJson(JsonOfRule(tree)), tree) << "round " << round << ": " << canonical;
    // Every node's place in the one spelling holds that node.
    for (const TreeRow& row : TreeOf(again)) {
      const std::string part = canonical.substr(row.place.begin, row.place.end - row.place.begin);
      ASSERT_EQ(ParseRule(part).kind, row.kind) << "round " << round << ": " << part;
      ASSERT_EQ(PrintRule(ParseRule(part)), part) << "round " << round;
    }
  }
}

}  // namespace
}  // namespace cdp::audience
