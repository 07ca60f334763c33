#include "core/audience/rule_parser.h"

#include <utility>

#include "core/audience/rule_words.h"

namespace cdp::audience {

void TestParser::Fail(const char* expected) const {
  ThrowSyntaxError(text_, token_.at, token_.spelling, "syntax error",
                   std::string("Expected ") + expected + '.');
}

void TestParser::Fail(const char* message, const char* detail) const {
  ThrowSyntaxError(text_, token_.at, token_.spelling, message, detail);
}

void TestParser::Advance() {
  end_ = token_.end();
  token_ = tokens_.Next();
  ticker_.Step();
}

bool TestParser::Take(std::string_view keyword) {
  if (!token_.IsKeyword(keyword)) return false;
  Advance();
  return true;
}

void TestParser::Expect(std::string_view keyword, const char* expected) {
  if (!Take(keyword)) Fail(expected);
}

void TestParser::ExpectSymbol(std::string_view symbol, const char* expected) {
  if (!token_.IsSymbol(symbol)) Fail(expected);
  Advance();
}

std::string TestParser::Name(const char* expected) {
  if (!token_.IsName()) Fail(expected);
  std::string name = token_.Text();
  if (name.empty()) Fail("zero-length name", "A name has one character or more.");
  Advance();
  return name;
}

std::optional<Compare> TestParser::Operator() const {
  if (token_.kind == TokenKind::kSymbol) return CompareOf(token_.spelling);
  if (token_.IsKeyword("between")) return Compare::kBetween;
  if (token_.IsKeyword("in") && Peek().IsSymbol("(")) return Compare::kIn;
  if (token_.IsKeyword("not") && Peek().IsKeyword("in")) return Compare::kNotIn;
  if (token_.IsKeyword("is")) return Compare::kSet;
  return std::nullopt;
}

Test TestParser::ReadTest(Operands operands) {
  Test test;
  test.compare = *Operator();
  Advance();
  switch (test.compare) {
    case Compare::kSet:
      if (Take("not")) test.compare = Compare::kNotSet;
      Expect("set", "set or not set after is");
      return test;
    case Compare::kEqual:
    case Compare::kNotEqual:
      test.values.push_back(Text(operands));
      return test;
    case Compare::kNotIn:
      Advance();
      [[fallthrough]];
    case Compare::kIn:
      test.values = ValueList(operands);
      // One spelling: a list of one value is no list.
      if (test.values.size() == 1) {
        test.compare = test.compare == Compare::kIn ? Compare::kEqual : Compare::kNotEqual;
      }
      return test;
    default:
      test.values.push_back(Scalar());
      if (test.compare == Compare::kBetween) {
        Expect("and", "and between the two ends");
        test.values.push_back(Scalar());
      }
      return test;
  }
}

bool TestParser::AtRelativeTime() const {
  if (token_.kind != TokenKind::kWord) return false;
  if (IsMoment(token_.spelling)) return true;
  Tokenizer after(tokens_);
  const bool ahead = token_.IsKeyword("in");
  const Token amount = ahead ? after.Next() : token_;
  const std::size_t digits = amount.spelling.find_first_not_of("0123456789");
  if (amount.kind != TokenKind::kWord || digits == 0) return false;
  const Token unit = digits == std::string_view::npos ? after.Next() : amount;
  const std::string_view word = unit.spelling.substr(unit.at == amount.at ? digits : 0);
  return unit.kind == TokenKind::kWord && UnitOf(word) && (ahead || after.Next().IsKeyword("ago"));
}

/// What = and in compare with. A time in relation to now would be a text that nobody means.
Value TestParser::Text(Operands operands) {
  if (!token_.IsName()) Fail("a value");
  if (operands == Operands::kValues && AtRelativeTime()) {
    std::string time;
    AppendScalar(&time, TestParser(*this).Scalar());
    ThrowAt(
        text_, token_.at, "=, <> and in take no time such as \"" + time + "\"",
        "They compare with texts; times in relation to now are for <, <=, >, >= and between.",
        "Say \"between " + time + " and " + time + "\" instead; the text itself stands in quotes.");
  }
  Value value{ValueKind::kText, token_.Text()};
  Advance();
  return value;
}

std::vector<Value> TestParser::ValueList(Operands operands) {
  std::vector<Value> values;
  ExpectSymbol("(", "a list of values in parentheses");
  do {
    if (!values.empty()) Advance();
    values.push_back(Text(operands));
  } while (token_.IsSymbol(","));
  ExpectSymbol(")", "a comma or a closing parenthesis");
  return values;
}

Test TestParser::NumberTest(bool counts, const char* expected) {
  Test test;
  const auto compare = Operator();
  if (!compare ||
      (!IsOrder(*compare) && *compare != Compare::kEqual && *compare != Compare::kNotEqual)) {
    Fail(expected);
  }
  test.compare = *compare;
  Advance();
  test.values.push_back(Number(counts));
  if (test.compare == Compare::kBetween) {
    Expect("and", "and between the two ends");
    test.values.push_back(Number(counts));
  }
  return test;
}

Value TestParser::Number(bool counts) {
  const auto number = token_.IsName() ? NumberOf(token_.Text()) : std::nullopt;
  if (!number || (counts && !IsCount(*number))) Fail(counts ? "a whole number" : "a number");
  Advance();
  return {ValueKind::kNumber, *number};
}

Value TestParser::Scalar() {
  constexpr const char* kExpected =
      "a number, a date such as 2025-01-31, today, now, 7 days ago or in 7 days";
  if (Take("today")) return {ValueKind::kRelative, {}, {0, Unit::kDay}};
  if (Take("now")) return {ValueKind::kRelative, {}, {0, Unit::kSecond}};
  if (Take("in")) return {ValueKind::kRelative, {}, ReadDuration()};
  if (!token_.IsName()) Fail(kExpected);
  const std::string text = token_.Text();
  if (auto time = TimeOf(text)) {
    Advance();
    return {ValueKind::kTime, std::move(*time)};
  }
  if (IsTimeShaped(text)) {
    if (TimeOf(text.substr(0, 10))) {
      Fail("time of day does not exist", "It is written as 18:00 or 18:00:00, up to 23:59:59.");
    }
    Fail("date does not exist", "The calendar has no such day.");
  }
  auto number = NumberOf(text);
  const Token next = Peek();
  const bool has_unit = next.kind == TokenKind::kWord && UnitOf(next.spelling);
  if (number && !has_unit) {
    Advance();
    return {ValueKind::kNumber, std::move(*number)};
  }
  const std::size_t digits = text.find_first_not_of("0123456789");
  const bool glued = digits != 0 && digits != std::string::npos && UnitOf(text.substr(digits));
  if (!glued && !has_unit) Fail(kExpected);
  Duration shift = ReadDuration();
  Expect("ago", "ago after the duration");
  shift.amount = -shift.amount;
  return {ValueKind::kRelative, {}, shift};
}

Value TestParser::Time() {
  const Token first = token_;
  Value value = Scalar();
  if (!value.IsTime()) {
    ThrowSyntaxError(text_, first.at, first.spelling, "syntax error",
                     "Expected a date such as 2025-01-31, today, now, 7 days ago or in 7 days.");
  }
  return value;
}

Duration TestParser::ReadDuration() {
  constexpr const char* kAmount = "a duration such as 30 minutes, of 1 to 1000000 units";
  const std::string_view word = token_.spelling;
  std::size_t digits = 0;
  while (digits < word.size() && word[digits] >= '0' && word[digits] <= '9') ++digits;
  const auto amount = AmountOf(word.substr(0, digits));
  if (token_.kind != TokenKind::kWord || !amount) Fail(kAmount);
  // The unit may stand in the same word: 30min.
  if (digits < word.size()) {
    const auto unit = UnitOf(word.substr(digits));
    if (!unit) Fail(kAmount);
    Advance();
    return {*amount, *unit};
  }
  Advance();
  const auto unit = token_.kind == TokenKind::kWord ? UnitOf(token_.spelling) : std::nullopt;
  if (!unit) Fail("seconds, minutes, hours, days, weeks, months or years");
  Advance();
  return {*amount, *unit};
}

Value ParseScalar(std::string_view text) {
  if (auto time = TimeOf(text)) return {ValueKind::kTime, std::move(*time), {}};
  TestParser parser(text);
  Value value = parser.Scalar();
  parser.ExpectEnd("nothing more");
  return value;
}

}  // namespace cdp::audience
