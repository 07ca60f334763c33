#include "core/audience/rule.h"

#include <iterator>
#include <utility>

#include "core/audience/rule_parser.h"
#include "core/audience/rule_words.h"

namespace cdp::audience {

/// Recursive descent; every node learns where it stands, without the parentheses around it.
class RuleParser : private TestParser {
 public:
  using TestParser::TestParser;

  Node Run() {
    Node node = Chain(Kind::kOr);
    ExpectEnd("and, or, but not, or the end of the rule");
    return node;
  }

 private:
  static Node Of(Kind kind) {
    Node node;
    node.kind = kind;
    return node;
  }

  /// Takes what joins two parts of this kind, if it stands here.
  bool TakeJoin(Kind kind) {
    if (kind == Kind::kOr) {
      if (!token_.IsKeyword("or") && !token_.IsSymbol("|")) return false;
      Advance();
      return true;
    }
    const bool but = token_.IsKeyword("but");
    if (!but && !token_.IsKeyword("and") && !token_.IsSymbol("&")) return false;
    Advance();
    // "but" is "and" before a "not", which the part reads.
    if (but && !token_.IsKeyword("not")) Fail("not after but");
    return true;
  }

  Node Chain(Kind kind) {
    const auto part = [&] { return kind == Kind::kOr ? Chain(Kind::kAnd) : Factor(); };
    const std::size_t begin = token_.at;
    Node first = part();
    if (!TakeJoin(kind)) return first;
    Node whole = Of(kind);
    AppendPart(&whole, std::move(first));
    do {
      AppendPart(&whole, part());
    } while (TakeJoin(kind));
    whole.place = {begin, end_};
    return whole;
  }

  Node Factor() {
    const std::size_t begin = token_.at;
    if (token_.IsKeyword("not") || token_.IsSymbol("!")) {
      GoDeeper(&depth_);
      Advance();
      CountNode(&nodes_);
      Node node = Of(Kind::kNot);
      node.parts.push_back(Factor());
      node.place = {begin, end_};
      --depth_;
      return node;
    }
    if (token_.IsSymbol("(")) {
      GoDeeper(&depth_);
      Advance();
      Node node = Chain(Kind::kOr);
      ExpectSymbol(")", "and, or, but not, or a closing parenthesis");
      --depth_;
      return node;
    }
    CountNode(&nodes_);
    Node node = Leaf();
    node.place = {begin, end_};
    return node;
  }

  Node Leaf() {
    if (Take("everyone")) return Of(Kind::kEveryone);
    if (token_.IsKeyword("tag")) return Tag();
    if (token_.IsKeyword("attr") ||
        (token_.kind == TokenKind::kWord && token_.spelling.size() > 4 &&
         SameWord(token_.spelling.substr(0, 5), "attr."))) {
      return Attribute();
    }
    if (token_.IsKeyword("audience")) return Audience();
    if (token_.IsKeyword("id")) return Ids();
    if (token_.IsKeyword("top")) return Top();
    if (token_.kind == TokenKind::kWord) {
      if (const auto which = AggregateOf(token_.spelling)) return Figure(*which);
    }
    if (token_.IsKeyword("first") || token_.IsKeyword("last")) {
      Node node = Of(token_.IsKeyword("first") ? Kind::kFirst : Kind::kLast);
      Advance();
      node.events.push_back({EventName(), {}, false});
      Clauses(&node);
      return node;
    }
    return Behavior();
  }

  std::string NameAfterColon(const char* expected) {
    Advance();
    ExpectSymbol(":", expected);
    return Name(expected);
  }

  Node Tag() {
    Node node = Of(Kind::kTag);
    node.name = NameAfterColon("a tag as tag:NAME");
    if (token_.IsKeyword("in") && !AtTest()) {
      Advance();
      Fail("a list of values in parentheses");
    }
    if (AtTest()) node.test = ReadTest();
    return node;
  }

  Node Attribute() {
    constexpr const char* kExpected = "an attribute as attr.NAME";
    Node node = Of(Kind::kAttribute);
    if (token_.IsKeyword("attr")) {
      node.name = NameAfterColon(kExpected);
    } else if (token_.spelling.size() > 5) {
      node.name = token_.spelling.substr(5);
      Advance();
    } else {
      Advance();
      if (token_.kind != TokenKind::kQuoted) Fail(kExpected);
      node.name = Name(kExpected);
    }
    if (!AtTest()) Fail("a test of the attribute, such as = VALUE or is set");
    node.test = ReadTest();
    return node;
  }

  Node Audience() {
    Node node = Of(Kind::kAudience);
    node.name = NameAfterColon("an audience as audience:NAME");
    if (Take("as")) {
      Expect("of", "of after as");
      node.as_of = Time();
    }
    return node;
  }

  Node Ids() {
    Node node = Of(Kind::kIds);
    Advance();
    ExpectSymbol("(", "identifiers as id(TYPE) in (VALUE, ...)");
    node.name = Name("a type of identifier");
    ExpectSymbol(")", "a closing parenthesis");
    if (!token_.IsSymbol("=") && !token_.IsKeyword("in")) Fail("in and a list of values");
    if (token_.IsKeyword("in") && !AtTest()) {
      Advance();
      Fail("a list of values in parentheses");
    }
    node.test = ReadTest(Operands::kIdentifiers);
    node.test.compare = Compare::kIn;
    return node;
  }

  Node Top() {
    Node node = Of(Kind::kTop);
    Advance();
    const auto number = token_.IsName() ? NumberOf(token_.Text()) : std::nullopt;
    node.percent = Peek().IsSymbol("%");
    if (!number || !IsTop(*number, node.percent)) {
      Fail(node.percent ? "a percentage above 0 and up to 100" : "a whole number above 0");
    }
    node.top = *number;
    Advance();
    if (node.percent) Advance();
    Expect("by", "by tag:NAME");
    if (!token_.IsKeyword("tag")) Fail("a tag as tag:NAME");
    node.name = NameAfterColon("a tag as tag:NAME");
    return node;
  }

  std::string EventName() {
    constexpr const char* kExpected =
        "the name of an event; words of the language stand in quotes there";
    if (token_.kind == TokenKind::kWord && IsReserved(token_.spelling)) Fail(kExpected);
    return Name(kExpected);
  }

  Node Figure(Aggregate which) {
    Node node = Of(Kind::kAggregate);
    node.aggregate = which;
    Advance();
    if (which != Aggregate::kDays) {
      ExpectSymbol("(", "a property in parentheses");
      node.property = Name("a property");
      ExpectSymbol(")", "a closing parenthesis");
    } else if (token_.IsSymbol("(")) {
      Advance();
      ExpectSymbol(")", "a closing parenthesis: days has no property");
    }
    Expect("of", "of and an event");
    node.events.push_back({EventName(), {}, false});
    node.test = NumberTest(false, "a comparison with a number");
    Clauses(&node);
    return node;
  }

  /// Everything that begins with the name of an event.
  Node Behavior() {
    Node node = Of(Kind::kEvent);
    const bool did = Take("did");
    if (!did &&
        (!token_.IsName() || (token_.kind == TokenKind::kWord && IsReserved(token_.spelling)))) {
      Fail(
          "tag:NAME, attr.NAME, an event, audience:NAME, id(TYPE), top, everyone, not or a "
          "parenthesis");
    }
    node.events.push_back({EventName(), {}, false});
    if ((token_.kind == TokenKind::kSymbol && AtTest()) || AtCountBetween()) Count(&node);
    if (node.test.compare == Compare::kSet && !did) {
      if (token_.IsKeyword("where")) Where(&node.events.front().where);
      if (token_.IsKeyword("then")) return Sequence(std::move(node));
    }
    Clauses(&node);
    return node;
  }

  /// "between 2 and 5 times", and not a window between two times.
  bool AtCountBetween() const {
    if (!token_.IsKeyword("between")) return false;
    TestParser after(*this);
    after.Advance();
    return !after.Scalar().IsTime();
  }

  void Count(Node* node) {
    node->test = NumberTest(true, "a comparison with a count");
    if (!Take("times") && !Take("time")) Fail("times after the count");
  }

  Node Sequence(Node node) {
    node.kind = Kind::kSequence;
    while (Take("then")) {
      Event event;
      event.absent = Take("not");
      event.name = EventName();
      if (token_.IsKeyword("where")) Where(&event.where);
      node.events.push_back(std::move(event));
    }
    Expect("within", "then, or within and a duration");
    const Token amount = token_;
    node.within = ReadDuration();
    if (node.within.unit > Unit::kWeek) {
      ThrowSyntaxError(text_, amount.at, amount.spelling, "syntax error",
                       "A sequence lasts seconds, minutes, hours, days or weeks: months and years "
                       "have no fixed length.");
    }
    if (AtWindow() && !token_.IsKeyword("within")) ReadWindow(&node.window);
    return node;
  }

  /// A window and conditions, each once, in either order.
  void Clauses(Node* node) {
    bool window = false;
    for (;;) {
      if (token_.IsKeyword("where") && node->events.front().where.empty()) {
        Where(&node->events.front().where);
      } else if (AtWindow() && !window) {
        ReadWindow(&node->window);
        window = true;
      } else {
        return;
      }
    }
  }

  bool AtWindow() const {
    if (token_.IsKeyword("in")) return !Peek().IsSymbol("(");
    for (const char* word : {"last", "within", "since", "until", "between", "ever"}) {
      if (token_.IsKeyword(word)) return true;
    }
    return false;
  }

  void ReadWindow(Window* window) {
    if (Take("ever")) return;
    if (Take("until")) {
      window->to = Time();
    } else if (Take("between")) {
      window->from = Time();
      Expect("and", "and between the two ends");
      window->to = Time();
    } else if (Take("since")) {
      Since(window);
    } else {
      if (!Take("in")) Take("within");
      Take("the");
      Take("last");
      window->last = ReadDuration();
    }
  }

  /// "since 7 days" is the last 7 days; "since 7 days ago" is a time, as any other.
  void Since(Window* window) {
    const Tokenizer tokens = tokens_;
    const Token token = token_;
    if (token_.kind == TokenKind::kWord && !IsTimeShaped(token_.spelling) &&
        token_.spelling.front() >= '0' && token_.spelling.front() <= '9') {
      window->last = ReadDuration();
      if (!token_.IsKeyword("ago")) return;
      window->last = {};
      tokens_ = tokens;
      token_ = token;
    }
    window->from = Time();
  }

  /// Without parentheses, "and" goes on only before another test of a property; what ends in
  /// "times" counts events.
  void Where(std::vector<PropertyTest>* where) {
    Advance();
    if (token_.IsSymbol("(")) {
      Advance();
      do {
        where->push_back(Property());
      } while (Take("and"));
      ExpectSymbol(")", "and, or a closing parenthesis");
      return;
    }
    where->push_back(Property());
    while (token_.IsKeyword("and")) {
      const Tokenizer tokens = tokens_;
      const Token token = token_;
      const std::size_t end = end_;
      Advance();
      if (AtProperty()) {
        const Token name = token_;
        PropertyTest test = Property();
        if (!token_.IsKeyword("times") && !token_.IsKeyword("time")) {
          if (test.test.compare == Compare::kBetween && test.test.values.front().IsTime()) {
            ThrowSyntaxError(text_, name.at, name.spelling, "ambiguous condition",
                             "This could be an event in a stretch of time or a property; put the "
                             "conditions of where in parentheses.");
          }
          where->push_back(std::move(test));
          continue;
        }
      }
      tokens_ = tokens;
      token_ = token;
      end_ = end;
      return;
    }
  }

  bool AtProperty() const {
    if (!token_.IsName()) return false;
    if (token_.kind == TokenKind::kWord && IsReserved(token_.spelling)) return false;
    TestParser after(*this);
    after.Advance();
    return after.AtTest();
  }

  PropertyTest Property() {
    constexpr const char* kExpected =
        "the name of a property; words of the language stand in quotes there";
    if (token_.kind == TokenKind::kWord && IsReserved(token_.spelling)) Fail(kExpected);
    PropertyTest test;
    test.property = Name(kExpected);
    if (!AtTest()) Fail("a test of the property, such as = VALUE or >= 100");
    test.test = ReadTest();
    return test;
  }

  int depth_ = 0;
  std::size_t nodes_ = 0;
};

void GoDeeper(int* depth) {
  if (++*depth <= kMaxDepth) return;
  throw Error(ErrorCode::kLimitExceeded, "rule is nested too deeply",
              "Parentheses and negations may be nested " + std::to_string(kMaxDepth) + " deep.");
}

void CountNode(std::size_t* nodes) {
  if (++*nodes <= kMaxNodes) return;
  throw Error(ErrorCode::kLimitExceeded, "rule is too long",
              "A rule has at most " + std::to_string(kMaxNodes) + " conditions.");
}

void AppendPart(Node* whole, Node part) {
  if (part.kind != whole->kind) {
    whole->parts.push_back(std::move(part));
    return;
  }
  if (whole->parts.empty()) {
    whole->parts = std::move(part.parts);
    return;
  }
  whole->parts.insert(whole->parts.end(), std::make_move_iterator(part.parts.begin()),
                      std::make_move_iterator(part.parts.end()));
}

void CheckTextSize(std::size_t bytes) {
  if (bytes <= kMaxTextBytes) return;
  throw Error(ErrorCode::kLimitExceeded, "rule is too long",
              "The text of a rule has at most " + std::to_string(kMaxTextBytes) + " bytes.");
}

Node ParseRule(std::string_view text) {
  CheckTextSize(text.size());
  return RuleParser(text).Run();
}

}  // namespace cdp::audience
