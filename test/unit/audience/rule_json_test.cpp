#include "core/audience/json_text.h"

#include <gtest/gtest.h>

#include <string>

#include "core/audience/rule.h"

namespace cdp::audience {
namespace {

std::string JsonOf(const std::string& rule) { return JsonOfRule(ParseRule(rule)); }

/// The rule of a tree, or "message; detail" of what is wrong with it.
std::string RuleOf(const std::string& json) {
  try {
    return PrintRule(RuleOfJson(json));
  } catch (const Error& error) {
    return std::string(error.what()) + "; " + error.detail();
  }
}

TEST(RuleJson, ATreeOfObjects) {
  EXPECT_EQ(JsonOf("(tag:ltv >= 5000 or not tag:vip) and attr.city in (a, b)"),
            R"({"type":"and","rules":[{"type":"or","rules":[)"
            R"({"type":"tag","name":"ltv","op":">=","value":5000},)"
            R"({"type":"not","rule":{"type":"tag","name":"vip","op":"is set"}}]},)"
            R"({"type":"attribute","name":"city","op":"in","values":["a","b"]}]})");
  EXPECT_EQ(JsonOf("pay between 2 and 3 times in last 7 days where (amount > 1.5)"),
            R"({"type":"event","event":"pay","count":{"op":"between","values":[2,3]},)"
            R"("window":{"last":{"amount":7,"unit":"day"}},)"
            R"("where":[{"property":"amount","op":">","value":1.5}]})");
  EXPECT_EQ(JsonOf("cart then not pay within 30 minutes between 2025-01-01 and today"),
            R"({"type":"sequence","steps":[{"event":"cart"},{"event":"pay","not":true}],)"
            R"("within":{"amount":30,"unit":"minute"},)"
            R"("window":{"from":"2025-01-01","to":"today"}})");
  EXPECT_EQ(JsonOf("sum(amount) of pay >= 1 or top 10% by tag:ltv or id(phone) in (1)"),
            R"({"type":"or","rules":[{"type":"aggregate","function":"sum","property":"amount",)"
            R"("event":"pay","op":">=","value":1},{"type":"top","amount":10,"percent":true,)"
            R"("tag":"ltv"},{"type":"ids","id_type":"phone","values":["1"]}]})");
}

TEST(RuleJson, WhatAScreenMayWrite) {
  EXPECT_EQ(RuleOf(R"({"type":"and","rules":[{"type":"or","rules":[{"type":"everyone"}]}]})"),
            "everyone");
  EXPECT_EQ(RuleOf(R"({"type":"tag","name":"x","op":"in","values":[5, true]})"),
            "tag:x in (5, true)");
  EXPECT_EQ(RuleOf(R"({"type":"tag","name":"x","op":"!=","value":"a","values":null})"),
            "tag:x <> a");
  EXPECT_EQ(RuleOf(R"({"type":"tag","name":"x","op":"<","value":"7 days ago"})"),
            "tag:x < 7 days ago");
  EXPECT_EQ(RuleOf("{\"type\":\"event\",\"event\":\"\\u652f\\u4ed8\\ud83d\\ude00\\n\"}"),
            "\"\xe6\x94\xaf\xe4\xbb\x98\xf0\x9f\x98\x80\n\"");
}

TEST(RuleJson, ErrorsSayWhere) {
  EXPECT_EQ(RuleOf("[]"), "rule tree does not fit at $; Expected an object.");
  EXPECT_EQ(RuleOf("{}"), "rule tree does not fit at $; Expected the key \"type\".");
  EXPECT_EQ(RuleOf(R"({"type":"and","rules":[{"type":"everyone"},{"type":"tag","name":""}]})"),
            "rule tree does not fit at $.rules[1].name; Expected a name of one character or more.");
  EXPECT_EQ(RuleOf(R"({"type":"and","rules":[]})"),
            "rule tree does not fit at $.rules; Expected one rule or more.");
  EXPECT_EQ(RuleOf(R"({"type":"tag","name":"x","op":"<","value":"gold"})"),
            "rule tree does not fit at $.value; Expected a number or a time.");
  EXPECT_EQ(RuleOf(R"({"type":"event","event":"a","where":[{"property":"p","opp":"="}]})"),
            "rule tree does not fit at $.where[0]; Expected no key \"opp\".");
  EXPECT_EQ(RuleOf(R"({"type":"event","event":"a","count":{"op":">","value":-1}})"),
            "rule tree does not fit at $.count.value; Expected a whole number.");
  EXPECT_EQ(RuleOf(R"({"type":"sequence","steps":[{"event":"a","not":true},{"event":"b"}],)"
                   R"("within":{"amount":1,"unit":"day"}})"),
            "rule tree does not fit at $.steps[0]; Expected a first step that happens.");
  EXPECT_EQ(RuleOf(R"({"type":"event","event":"a","window":{"last":{"amount":0,"unit":"day"}}})"),
            "rule tree does not fit at $.window.last.amount; Expected a whole number of 1 to "
            "1000000.");
}

TEST(RuleJson, NestingHasALimit) {
  std::string deep = R"({"type":"everyone"})";
  for (int i = 0; i < kMaxDepth; ++i) deep = R"({"type":"not","rule":)" + deep + "}";
  EXPECT_EQ(RuleOf(deep).size(), 4u * kMaxDepth + 8);
  EXPECT_EQ(RuleOf(R"({"type":"not","rule":)" + deep + "}").substr(0, 26),
            "rule is nested too deeply;");
  EXPECT_EQ(RuleOf(std::string(1'000'000, '[')).substr(0, 18), "JSON is too large;");
}

TEST(Json, ReadsWhatIsJsonAndNothingElse) {
  EXPECT_EQ(ParseJson(" {\"a\\\"\\u00e9\" : [1, -2.5e3, null, true, false, \"\"] } ").keys.front(),
            "a\"\xc3\xa9");
  for (const char* text :
       {"", "{", "[1,]", "{\"a\"}", "{\"a\":}", "nul", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"",
        "\"\\udc00\"", "\"\\u0000\"", "\"\n\"", "1 2", "[1}"}) {
    EXPECT_THROW(ParseJson(text), Error) << text;
  }
}

}  // namespace
}  // namespace cdp::audience
