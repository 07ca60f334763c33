/// Rules from their meaning: random trees, and spellings of them that follow from the grammar.
#pragma once

#include <cctype>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/audience/rule.h"

namespace cdp::oracle {

namespace rule = cdp::audience;

/// Makes trees as ParseRule may give them.
class RandomRules {
 public:
  explicit RandomRules(std::mt19937_64& rng) : rng_(rng) {}

  rule::Node Make(int depth) {
    using rule::Kind;
    rule::Node node;
    if (depth > 0 && Below(3) > 0) {
      node.kind = std::vector{Kind::kAnd, Kind::kOr, Kind::kNot}[Below(3)];
      if (node.kind == Kind::kNot) {
        node.parts.push_back(Make(depth - 1));
        return node;
      }
      const std::size_t count = 2 + Below(3);
      while (node.parts.size() < count) {
        rule::Node part = Make(depth - 1);
        if (part.kind != node.kind) node.parts.push_back(std::move(part));
      }
      return node;
    }
    return Leaf();
  }

  std::string Word() {
    static const std::vector<std::string> kParts = {"a",
                                                    "Z",
                                                    "9",
                                                    "_",
                                                    "-",
                                                    ".",
                                                    "\xe9\x87\x91",
                                                    "\xd0\xb6",
                                                    "not",
                                                    "in",
                                                    " ",
                                                    "\"",
                                                    "'",
                                                    "\\",
                                                    ":",
                                                    "(",
                                                    ",",
                                                    "\n",
                                                    "\x01",
                                                    "\xf0\x9f\x98\x80",
                                                    "\xef\xbc\x88",
                                                    "%"};
    std::string word;
    // Mostly plain words, sometimes anything, sometimes a word of the language.
    if (Below(12) == 0) return std::vector{"and", "attr.x", "then", "tag", "7", "ago"}[Below(6)];
    const std::size_t kinds = Below(3) == 0 ? kParts.size() : 8;
    for (std::uint64_t i = 1 + Below(4); i > 0; --i) word += kParts[Below(kinds)];
    return word;
  }

 private:
  std::uint64_t Below(std::uint64_t n) { return rng_() % n; }

  rule::Node Leaf() {
    using rule::Kind;
    rule::Node node;
    static const std::vector kLeaves = {Kind::kEveryone, Kind::kTag,       Kind::kAudience,
                                        Kind::kEvent,    Kind::kAttribute, Kind::kAggregate,
                                        Kind::kFirst,    Kind::kLast,      Kind::kSequence,
                                        Kind::kIds,      Kind::kTop};
    node.kind = kLeaves[Below(kLeaves.size())];
    switch (node.kind) {
      case Kind::kTag:
      case Kind::kAttribute:
        node.name = Word();
        node.test = AnyTest();
        break;
      case Kind::kAudience:
        node.name = Word();
        if (Below(2) == 0) node.as_of = Time();
        break;
      case Kind::kEvent:
        if (Below(2) == 0) node.test = NumberTest(true);
        Behavior(&node);
        break;
      case Kind::kAggregate:
        node.aggregate = static_cast<rule::Aggregate>(Below(6));
        if (node.aggregate != rule::Aggregate::kDays) node.property = Word();
        node.test = NumberTest(false);
        Behavior(&node);
        break;
      case Kind::kFirst:
      case Kind::kLast:
        Behavior(&node);
        break;
      case Kind::kSequence:
        for (std::uint64_t i = 2 + Below(3); i > 0; --i) {
          node.events.push_back({Word(), Where(), !node.events.empty() && Below(3) == 0});
        }
        node.within = {Amount(), static_cast<rule::Unit>(Below(5))};
        node.window = AnyWindow();
        break;
      case Kind::kIds:
        node.name = Word();
        node.test = {rule::Compare::kIn, Texts(1)};
        break;
      case Kind::kTop:
        node.name = Word();
        node.percent = Below(2) == 0;
        node.top = node.percent ? std::vector{"100", "0.5", "12.25"}[Below(3)]
                                : std::to_string(1 + Below(100000));
        break;
      default:
        break;
    }
    return node;
  }

  void Behavior(rule::Node* node) {
    node->events.push_back({Word(), Where(), false});
    node->window = AnyWindow();
  }

  std::vector<rule::PropertyTest> Where() {
    std::vector<rule::PropertyTest> where;
    for (std::uint64_t i = Below(2) * Below(4); i > 0; --i) where.push_back({Word(), AnyTest()});
    return where;
  }

  std::vector<rule::Value> Texts(std::size_t least) {
    std::vector<rule::Value> values;
    for (std::uint64_t i = least + Below(3); i > 0; --i) {
      values.push_back({rule::ValueKind::kText, Below(9) == 0 ? "" : Word(), {}});
    }
    return values;
  }

  rule::Test AnyTest() {
    using rule::Compare;
    rule::Test test;
    test.compare = static_cast<Compare>(Below(11));
    switch (test.compare) {
      case Compare::kSet:
      case Compare::kNotSet:
        break;
      case Compare::kEqual:
      case Compare::kNotEqual:
        test.values = Texts(1);
        test.values.resize(1);
        break;
      case Compare::kIn:
      case Compare::kNotIn:
        test.values = Texts(2);
        break;
      default:
        for (int i = test.compare == Compare::kBetween ? 2 : 1; i > 0; --i) {
          test.values.push_back(Below(2) == 0 ? Time() : Number(false));
        }
    }
    return test;
  }

  rule::Test NumberTest(bool counts) {
    using rule::Compare;
    static const std::vector kAll = {Compare::kEqual,  Compare::kNotEqual, Compare::kLess,
                                     Compare::kAtMost, Compare::kMore,     Compare::kAtLeast,
                                     Compare::kBetween};
    rule::Test test{kAll[Below(7)], {Number(counts)}};
    if (test.compare == Compare::kBetween) test.values.push_back(Number(counts));
    return test;
  }

  rule::Value Number(bool counts) {
    static const std::vector<std::string> kNumbers = {
        "0", "1", "7", "5000", "99999999999999999999", "-1", "0.5", "-12.75", "3.14159"};
    return {rule::ValueKind::kNumber, kNumbers[Below(counts ? 5 : kNumbers.size())], {}};
  }

  rule::Value Time() {
    using rule::ValueKind;
    static const std::vector<std::string> kTimes = {"2025-01-31", "0001-01-01", "2024-02-29",
                                                    "2025-06-01 23:59:59", "9999-12-31 00:00:00"};
    if (Below(2) == 0) return {ValueKind::kTime, kTimes[Below(kTimes.size())], {}};
    if (Below(4) == 0) {
      return {
          ValueKind::kRelative, {}, {0, Below(2) == 0 ? rule::Unit::kDay : rule::Unit::kSecond}};
    }
    return {ValueKind::kRelative,
            {},
            {Below(2) == 0 ? -Amount() : Amount(), static_cast<rule::Unit>(Below(7))}};
  }

  std::int32_t Amount() {
    return static_cast<std::int32_t>(Below(5) == 0 ? 1 : 1 + Below(1000000));
  }

  rule::Window AnyWindow() {
    rule::Window window;
    const auto kind = Below(5);
    if (kind == 1) window.last = {Amount(), static_cast<rule::Unit>(Below(7))};
    if (kind == 2 || kind == 3) window.from = Time();
    if (kind == 3 || kind == 4) window.to = Time();
    return window;
  }

  std::mt19937_64& rng_;
};

/// One of many spellings: blanks, case, quotes, short words and needless parentheses at random.
class Speller {
 public:
  explicit Speller(std::mt19937_64& rng) : rng_(rng) {}

  /// `around`: how tightly the operator around binds (or 1, and 2, not 3).
  std::string Spell(const rule::Node& node, int around = 0) {
    using rule::Kind;
    std::string text;
    int own = 4;
    if (node.kind == Kind::kNot) {
      own = 3;
      const std::string inner = Spell(node.parts.front(), 3);
      text = (Chance(3) ? "!" + Blank() : Case("not") + Gap()) + inner;
    } else if (node.kind == Kind::kAnd || node.kind == Kind::kOr) {
      own = node.kind == Kind::kAnd ? 2 : 1;
      text = Group(node, 0, node.parts.size(), own);
    } else {
      text = Leaf(node);
    }
    return own < around || Chance(8) ? "(" + Blank() + text + Blank() + ")" : text;
  }

 private:
  bool Chance(unsigned n) { return rng_() % n == 0; }
  std::string Blank() { return std::string(rng_() % 3 / 2, "\t\n "[rng_() % 3]); }
  std::string Gap() { return " " + Blank(); }
  std::string Case(std::string word) {
    for (char& c : word) {
      if (std::islower(static_cast<unsigned char>(c)) && Chance(4)) c = static_cast<char>(c - 32);
    }
    return word;
  }
  std::string One(std::vector<std::string> words) { return Case(words[rng_() % words.size()]); }

  /// Parts [begin, end), some of them in parentheses of the same operator.
  std::string Group(const rule::Node& node, std::size_t begin, std::size_t end, int own) {
    std::string text;
    for (std::size_t i = begin; i < end;) {
      const std::size_t some = 2 + rng_() % 2;
      std::string part;
      if (Chance(6) && i + some <= end && some < end - begin) {
        part = "(" + Group(node, i, i + some, own) + ")";
        i += some;
      } else {
        part = Spell(node.parts[i++], own + 1);
      }
      if (text.empty()) {
        text = part;
        continue;
      }
      const bool is_and = own == 2;
      const bool but = is_and && (part[0] == 'n' || part[0] == 'N') && part.size() > 3 &&
                       std::isspace(static_cast<unsigned char>(part[3])) && Chance(2);
      if (!but && Chance(3)) {
        text += Blank() + (is_and ? "&" : "|") + Blank() + part;
      } else {
        text += Gap() + Case(but ? "but" : is_and ? "and" : "or") + Gap() + part;
      }
    }
    return text;
  }

  std::string Quoted(const std::string& word, bool may_be_bare) {
    bool plain = may_be_bare && !word.empty() && !Chance(4);
    for (const char c : word)
      plain = plain && (c < 0 || std::isalnum(c) || c == '_' || c == '-' || c == '.');
    // A full-width parenthesis is no letter.
    if (plain && word.find("\xef\xbc\x88") == std::string::npos) return word;
    const char quote = "\"'"[rng_() % 2];
    std::string out(1, quote);
    for (const char c : word) {
      if (c == quote) out += c;
      out += c;
    }
    return out + quote;
  }
  std::string Name(const std::string& word) { return Quoted(word, true); }
  /// Of an event or a property: words of the language are quoted.
  std::string EventName(const std::string& word) {
    static const std::vector<std::string> kTaken = {"and", "attr.x", "then", "tag", "not", "in"};
    bool bare = true;
    for (const std::string& taken : kTaken) bare = bare && word != taken;
    return Quoted(word, bare);
  }

  std::string Number(const std::string& number) {
    const bool negative = number[0] == '-';
    std::string digits = negative ? number.substr(1) : number;
    if (Chance(5)) digits = "00" + digits;
    if (Chance(5)) digits += digits.find('.') == std::string::npos ? ".0" : "0";
    return Name((negative ? "-" : "") + digits);
  }

  std::string Length(rule::Duration duration) {
    static const std::vector<std::vector<std::string>> kUnits = {{"second", "seconds", "s", "sec"},
                                                                 {"minute", "minutes", "min", "m"},
                                                                 {"hour", "hours", "h"},
                                                                 {"day", "days", "d"},
                                                                 {"week", "weeks", "w"},
                                                                 {"month", "months", "mon"},
                                                                 {"year", "years", "y"}};
    return std::to_string(duration.amount) + (Chance(4) ? "" : Gap()) +
           One(kUnits[static_cast<std::size_t>(duration.unit)]);
  }

  std::string Scalar(const rule::Value& value) {
    if (value.kind == rule::ValueKind::kNumber) return Number(value.text);
    if (value.kind == rule::ValueKind::kTime) {
      std::string text = value.text;
      if (text.size() > 10 && Chance(3)) text[10] = 'T';
      if (text.ends_with(":00") && Chance(2)) text.resize(16);
      return Name(text);
    }
    const rule::Duration shift = value.shift;
    if (shift.amount == 0) return Case(shift.unit == rule::Unit::kDay ? "today" : "now");
    if (shift.amount < 0) return Length({-shift.amount, shift.unit}) + Gap() + Case("ago");
    return Case("in") + Gap() + Length(shift);
  }

  std::string Operand(const rule::Value& value) {
    return value.kind == rule::ValueKind::kText ? Name(value.text) : Scalar(value);
  }

  std::string Test(const rule::Test& test, bool is_list = false) {
    using rule::Compare;
    static const std::vector<std::string> kSigns = {"", "", "=", "<>", "<", "<=", ">", ">="};
    const Compare compare = test.compare;
    if (compare == Compare::kSet) return Gap() + Case("is") + Gap() + Case("set");
    if (compare == Compare::kNotSet) {
      return Gap() + Case("is") + Gap() + Case("not") + Gap() + Case("set");
    }
    if (compare == Compare::kBetween) {
      return Gap() + Case("between") + Gap() + Scalar(test.values[0]) + Gap() + Case("and") +
             Gap() + Scalar(test.values[1]);
    }
    const bool one = test.values.size() == 1;
    const bool text = test.values[0].kind == rule::ValueKind::kText;
    if (one && !(text && Chance(3) && compare <= Compare::kNotEqual) && !is_list) {
      const std::string sign = kSigns[static_cast<std::size_t>(compare)];
      return Blank() + (sign == "<>" && Chance(2) ? "!=" : sign) + Blank() +
             Operand(test.values[0]);
    }
    std::string list;
    for (const rule::Value& value : test.values) {
      list += (list.empty() ? "" : ",") + Blank() + Name(value.text) + Blank();
    }
    const bool negated = compare == Compare::kNotIn || compare == Compare::kNotEqual;
    return Gap() + (negated ? Case("not") + Gap() : "") + Case("in") + Blank() + "(" + list + ")";
  }

  std::string Where(const std::vector<rule::PropertyTest>& where) {
    if (where.empty()) return "";
    std::string list;
    for (const rule::PropertyTest& test : where) {
      if (!list.empty()) list += Gap() + Case("and") + Gap();
      list += EventName(test.property) + Test(test.test);
    }
    return Gap() + Case("where") + Blank() + "(" + Blank() + list + Blank() + ")";
  }

  std::string Window(const rule::Window& window, bool sequence) {
    if (window.ever()) return Chance(4) ? Gap() + Case("ever") : "";
    if (window.last.amount != 0) {
      std::vector<std::string> words = {"in last", "last", "in the last", "since"};
      if (!sequence) words.insert(words.end(), {"within", "within last"});
      return Gap() + One(words) + Gap() + Length(window.last);
    }
    if (window.from && window.to) {
      return Gap() + Case("between") + Gap() + Scalar(*window.from) + Gap() + Case("and") + Gap() +
             Scalar(*window.to);
    }
    return Gap() + Case(window.from ? "since" : "until") + Gap() +
           Scalar(window.from ? *window.from : *window.to);
  }

  std::string Behavior(const rule::Node& node) {
    const std::string window = Window(node.window, false);
    const std::string where = Where(node.events.front().where);
    return Chance(2) ? window + where : where + window;
  }

  std::string Leaf(const rule::Node& node) {
    using rule::Kind;
    switch (node.kind) {
      case Kind::kTag: {
        const bool bare = node.test.compare == rule::Compare::kSet && Chance(2);
        return Case("tag") + Blank() + ":" + Blank() + Name(node.name) +
               (bare ? "" : Test(node.test));
      }
      case Kind::kAttribute:
        return (Chance(3) ? Case("attr") + Blank() + ":" + Blank() : Case("attr.")) +
               Name(node.name) + Test(node.test);
      case Kind::kAudience:
        return Case("audience") + Blank() + ":" + Blank() + Name(node.name) +
               (node.as_of ? Gap() + Case("as of") + Gap() + Scalar(*node.as_of) : "");
      case Kind::kEvent: {
        std::string text = (Chance(3) ? Case("did") + Gap() : "") + EventName(node.events[0].name);
        if (node.test.compare != rule::Compare::kSet) {
          text += Test(node.test) + Gap() + One({"times", "time"});
        }
        return text + Behavior(node);
      }
      case Kind::kAggregate: {
        static const std::vector<std::string> kNames = {"sum", "avg",      "min",
                                                        "max", "distinct", "days"};
        std::string text = Case(kNames[static_cast<std::size_t>(node.aggregate)]);
        if (node.aggregate != rule::Aggregate::kDays) {
          text += Blank() + "(" + Blank() + Name(node.property) + Blank() + ")";
        }
        return text + Gap() + Case("of") + Gap() + EventName(node.events[0].name) +
               Test(node.test) + Behavior(node);
      }
      case Kind::kFirst:
      case Kind::kLast:
        return Case(node.kind == Kind::kFirst ? "first" : "last") + Gap() +
               EventName(node.events[0].name) + Behavior(node);
      case Kind::kSequence: {
        std::string text;
        for (const rule::Event& event : node.events) {
          if (!text.empty()) text += Gap() + Case("then") + Gap();
          text += (event.absent ? Case("not") + Gap() : "") + EventName(event.name) +
                  Where(event.where);
        }
        return text + Gap() + Case("within") + Gap() + Length(node.within) +
               Window(node.window, true);
      }
      case Kind::kIds:
        return Case("id") + Blank() + "(" + Name(node.name) + ")" + Test(node.test, true);
      case Kind::kTop:
        return Case("top") + Gap() + Number(node.top) + (node.percent ? Blank() + "%" : "") +
               Gap() + Case("by") + Gap() + Case("tag") + ":" + Name(node.name);
      default:
        return Case("everyone");
    }
  }

  std::mt19937_64& rng_;
};

}  // namespace cdp::oracle
