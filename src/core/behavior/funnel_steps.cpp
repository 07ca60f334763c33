#include "core/behavior/funnel_steps.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>

namespace cdp::behavior {
namespace {

using Range = StepConditions::Range;
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
/// Deeper parentheses than anybody writes, and no danger to the stack.
constexpr int kMaxNesting = 64;

constexpr bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}
constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
/// A letter of a bare name: of any alphabet, for bytes of 0x80 and above are part of a letter.
constexpr bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool IsWordPart(char c) { return IsLetter(c) || IsDigit(c) || c == '.' || c == '-'; }

enum class TokenKind { kEnd, kNumber, kWord, kQuoted, kSign };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::size_t at = 0;
  std::string_view text;  ///< as it stands there
};

/// Cuts a text into tokens, one ahead.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {
    if (text_.size() > kMaxStepsBytes) {
      throw StepsError("funnel steps are too long",
                       "They have at most " + std::to_string(kMaxStepsBytes) + " bytes.",
                       kMaxStepsBytes);
    }
    Next();
  }

  const Token& token() const { return token_; }

  void Next() {
    while (end_ < text_.size() && IsSpace(text_[end_])) ++end_;
    token_ = {TokenKind::kEnd, end_, {}};
    if (end_ == text_.size()) return;
    const char c = text_[end_];
    if (IsDigit(c) || (c == '-' && end_ + 1 < text_.size() && IsDigit(text_[end_ + 1]))) {
      ++end_;
      while (end_ < text_.size() && IsDigit(text_[end_])) ++end_;
      token_.kind = TokenKind::kNumber;
    } else if (IsLetter(c)) {
      while (end_ < text_.size() && IsWordPart(text_[end_])) ++end_;
      token_.kind = TokenKind::kWord;
    } else if (c == '"' || c == '\'') {
      token_.kind = TokenKind::kQuoted;
      SkipQuoted(c);
    } else {
      token_.kind = TokenKind::kSign;
      const auto two = text_.substr(end_, 2);
      end_ += two == "<=" || two == ">=" || two == "<>" || two == "!=" ? 2 : 1;
    }
    token_.text = text_.substr(token_.at, end_ - token_.at);
  }

 private:
  void SkipQuoted(char quote) {
    for (++end_; end_ < text_.size(); ++end_) {
      if (text_[end_] != quote) continue;
      ++end_;
      if (end_ == text_.size() || text_[end_] != quote) return;
    }
    throw StepsError("unterminated quoted name in funnel steps", {}, token_.at);
  }

  std::string_view text_;
  std::size_t end_ = 0;
  Token token_;
};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// The name that a token spells.
std::string NameOf(const Token& token) {
  if (token.kind != TokenKind::kQuoted) return std::string(token.text);
  const char quote = token.text[0];
  std::string name;
  for (std::size_t i = 1; i + 1 < token.text.size(); ++i) {
    name += token.text[i];
    if (token.text[i] == quote) ++i;
  }
  return name;
}

class Parser {
 public:
  /// Without names there are numbers only. Replacements of names are added to `numbered`.
  Parser(std::string_view text, FunnelSteps* steps, StepNames* names, std::string* numbered)
      : text_(text), lexer_(text), steps_(steps), names_(names), numbered_(numbered) {}

  void Steps() {
    const bool braces = Takes("{");
    if (At().kind == TokenKind::kEnd || IsSign("}")) {
      throw Error(ErrorCode::kInvalidArgument, "funnel has 0 steps", Limits());
    }
    do {
      if (steps_->steps == kMaxSteps) {
        throw Error(ErrorCode::kInvalidArgument,
                    "funnel has more than " + std::to_string(kMaxSteps) + " steps", Limits());
      }
      Events(steps_->steps++);
    } while (Takes(","));
    if (braces) Expect("}");
    End();
  }

  void Exclusions() {
    const bool braces = Takes("{");
    do {
      const int bit = steps_->steps + static_cast<int>(steps_->exclusions.size());
      if (bit == kMaxSteps) {
        throw Error(ErrorCode::kInvalidArgument, "funnel has too many exclusions",
                    "Steps and exclusions are at most " + std::to_string(kMaxSteps) + ".");
      }
      Events(bit);
      steps_->exclusions.push_back(TakesWord("between") ? Between() : Exclusion{1, steps_->steps});
    } while (Takes(","));
    if (braces) Expect("}");
    End();
  }

  /// Steps or exclusions, whichever it is: for who wants names replaced.
  void Anything() {
    const bool braces = Takes("{");
    do {
      Events(0);
      if (!TakesWord("between")) continue;
      ExpectNumber();
      if (!TakesWord("and")) FailHere();
      ExpectNumber();
    } while (Takes(","));
    if (braces) Expect("}");
    End();
    numbered_->append(text_.substr(copied_));
  }

 private:
  static std::string Limits() {
    return "A funnel has 1 to " + std::to_string(kMaxSteps) + " steps.";
  }

  const Token& At() const { return lexer_.token(); }
  bool IsSign(std::string_view sign) const {
    return At().kind == TokenKind::kSign && At().text == sign;
  }
  bool Takes(std::string_view sign) {
    if (!IsSign(sign)) return false;
    lexer_.Next();
    return true;
  }
  bool TakesWord(std::string_view word) {
    if (At().kind != TokenKind::kWord || Lower(At().text) != word) return false;
    lexer_.Next();
    return true;
  }
  void Expect(std::string_view sign) {
    if (!Takes(sign)) FailHere();
  }
  void End() const {
    if (At().kind != TokenKind::kEnd) FailHere();
  }

  [[noreturn]] void FailHere() const {
    if (At().kind == TokenKind::kEnd) {
      throw StepsError("syntax error at end of funnel steps", Grammar(), text_.size());
    }
    throw StepsError("syntax error in funnel steps", Grammar(), At().at);
  }
  static std::string Grammar() {
    return "A step is a code or a code with a condition in brackets, such as 7[value >= 100]; "
           "\"|\" stands between alternatives and \",\" between steps.";
  }

  void Events(int bit) {
    do {
      if (steps_->events.size() == kMaxStepEvents) {
        throw Error(
            ErrorCode::kInvalidArgument, "funnel has too many events",
            "Its steps and exclusions name at most " + std::to_string(kMaxStepEvents) + ".");
      }
      StepEvent event{Code(), bit, -1};
      if (Takes("[")) {
        event.condition = Condition();
        Expect("]");
      }
      steps_->events.push_back(event);
    } while (Takes("|"));
  }

  /// A number, or the one that a name stands for; find(name) looks it up, hint(name) tells what
  /// else there is.
  template <class Find, class Hint>
  std::int64_t NumberOrName(const char* what, Find&& find, Hint&& hint) {
    const Token token = At();
    if (token.kind == TokenKind::kNumber) return ExpectNumber();
    if (token.kind != TokenKind::kWord && token.kind != TokenKind::kQuoted) FailHere();
    const std::string name = NameOf(token);
    const std::optional<std::int64_t> number =
        names_ == nullptr ? std::nullopt : find(std::string_view(name));
    if (!number) {
      throw StepsError(
          std::string(what) + " \"" + name + "\" of funnel steps is not known", {}, token.at,
          names_ == nullptr ? "Here is a number wanted; cdp.funnel_step_codes() looks names up."
                            : hint(std::string_view(name)));
    }
    Replace(token, std::to_string(*number));
    lexer_.Next();
    return *number;
  }

  void Replace(const Token& token, std::string_view by) {
    numbered_->append(text_.substr(copied_, token.at - copied_)).append(by);
    copied_ = token.at + token.text.size();
  }

  std::int64_t ExpectNumber() {
    const Token token = At();
    if (token.kind != TokenKind::kNumber) FailHere();
    std::int64_t number = 0;
    const char* const end = token.text.data() + token.text.size();
    if (std::from_chars(token.text.data(), end, number).ec != std::errc{}) {
      throw StepsError("number in funnel steps is out of range",
                       "\"" + std::string(token.text) + "\" does not fit into a bigint.", token.at);
    }
    lexer_.Next();
    return number;
  }

  std::int32_t Code() {
    const std::size_t at = At().at;
    const std::int64_t code = NumberOrName(
        "event", [this](std::string_view name) { return names_->Event(name); },
        [this](std::string_view name) { return names_->Hint(StepNames::Sort::kEvent, {}, name); });
    if (code < 0) {
      throw StepsError("event code " + std::to_string(code) + " is negative", {}, at);
    }
    if (code > std::numeric_limits<std::int32_t>::max()) {
      throw StepsError("event code " + std::to_string(code) + " is out of range", {}, at);
    }
    return static_cast<std::int32_t>(code);
  }

  Exclusion Between() {
    const std::size_t at = At().at;
    const std::int64_t from = ExpectNumber();
    if (!TakesWord("and")) FailHere();
    const std::int64_t to = ExpectNumber();
    if (from < 1 || to <= from || to > steps_->steps) {
      throw StepsError("exclusion is not between two steps of the funnel",
                       "Steps are counted from 1 to " + std::to_string(steps_->steps) +
                           ", and the first must come before the second.",
                       at);
    }
    return {static_cast<int>(from), static_cast<int>(to)};
  }

  std::int32_t Condition() {
    std::int32_t condition = Conjunction();
    while (TakesWord("or")) {
      condition = steps_->conditions.Either(condition, Conjunction());
    }
    return condition;
  }

  std::int32_t Conjunction() {
    std::int32_t condition = Test();
    while (TakesWord("and")) condition = steps_->conditions.Both(condition, Test());
    return condition;
  }

  std::int32_t Test() {
    if (Takes("(")) {
      if (++nesting_ > kMaxNesting) {
        throw StepsError("parentheses in funnel steps are nested too deeply", {}, At().at);
      }
      const std::int32_t condition = Condition();
      Expect(")");
      --nesting_;
      return condition;
    }
    const Tested tested = TestedNumber();
    if (TakesWord("is")) {
      const bool not_null = TakesWord("not");
      if (!TakesWord("null")) FailHere();
      if (!not_null) return steps_->conditions.Absent(tested.operand);
      const Range all{kLeast, kMost};
      return steps_->conditions.Test(tested.operand, {&all, 1});
    }
    const bool not_in = TakesWord("not");
    if (TakesWord("in")) return In(tested, not_in);
    if (not_in) FailHere();
    return Comparison(tested);
  }

  struct Tested {
    Operand operand;
    std::string name;
  };

  Tested TestedNumber() {
    const Token token = At();
    if (token.kind == TokenKind::kWord) {
      const std::string word = Lower(token.text);
      const bool is_property = word.size() == 2 && word[0] == 'p' && word[1] >= '1' &&
                               word[1] <= '0' + timeline::kMaxProperties;
      if (word == "value" || is_property) {
        lexer_.Next();
        return {static_cast<Operand>(is_property ? word[1] - '0' : 0), word};
      }
    }
    if (token.kind != TokenKind::kWord && token.kind != TokenKind::kQuoted) FailHere();
    std::string name = NameOf(token);
    const auto which = names_ == nullptr ? std::nullopt : names_->Property(name);
    if (!which || *which < 1 || *which > timeline::kMaxProperties) {
      throw StepsError("property \"" + name + "\" of funnel steps is not known",
                       "An event has \"value\" and the properties \"p1\" to \"p4\".", token.at,
                       names_ == nullptr ? "" : names_->Hint(StepNames::Sort::kProperty, {}, name));
    }
    Replace(token, "p" + std::to_string(*which));
    lexer_.Next();
    return {static_cast<Operand>(*which), std::move(name)};
  }

  std::int64_t Number(const Tested& tested) {
    return NumberOrName(
        "value",
        [&](std::string_view name) -> std::optional<std::int64_t> {
          if (tested.operand == 0) return std::nullopt;
          return names_->Number(tested.name, name);
        },
        [&](std::string_view name) -> std::string {
          if (tested.operand == 0) return {};
          return names_->Hint(StepNames::Sort::kNumber, tested.name, name);
        });
  }

  std::int32_t Comparison(const Tested& tested) {
    if (At().kind != TokenKind::kSign) FailHere();
    const std::string_view op = At().text;
    static constexpr std::string_view kOps[] = {"=", "<>", "!=", "<", "<=", ">", ">="};
    if (std::find(std::begin(kOps), std::end(kOps), op) == std::end(kOps)) FailHere();
    lexer_.Next();
    const std::int64_t number = Number(tested);
    Range ranges[2];
    std::size_t count = 0;
    const bool unequal = op == "<>" || op == "!=";
    if (op == "=") ranges[count++] = {number, number};
    if (op == "<=") ranges[count++] = {kLeast, number};
    if (op == ">=") ranges[count++] = {number, kMost};
    if ((op == "<" || unequal) && number != kLeast) ranges[count++] = {kLeast, number - 1};
    if ((op == ">" || unequal) && number != kMost) ranges[count++] = {number + 1, kMost};
    return steps_->conditions.Test(tested.operand, {ranges, count});
  }

  std::int32_t In(const Tested& tested, bool not_in) {
    std::vector<std::int64_t> numbers;
    Expect("(");
    do {
      numbers.push_back(Number(tested));
    } while (Takes(","));
    Expect(")");
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    std::vector<Range> ranges;
    if (!not_in) {
      for (const std::int64_t number : numbers) ranges.push_back({number, number});
      return steps_->conditions.Test(tested.operand, ranges);
    }
    std::int64_t next = kLeast;
    bool open = true;
    for (const std::int64_t number : numbers) {
      if (number > next) ranges.push_back({next, number - 1});
      open = number != kMost;
      if (open) next = number + 1;
    }
    if (open) ranges.push_back({next, kMost});
    return steps_->conditions.Test(tested.operand, ranges);
  }

  std::string_view text_;
  Lexer lexer_;
  FunnelSteps* steps_;
  StepNames* names_;
  std::string* numbered_;
  std::size_t copied_ = 0;  ///< up to here the text is in *numbered_
  int nesting_ = 0;
};

}  // namespace

void ReadSteps(std::string_view text, FunnelSteps* steps) {
  Parser(text, steps, nullptr, nullptr).Steps();
}

void ReadExclusions(std::string_view text, FunnelSteps* steps) {
  Parser(text, steps, nullptr, nullptr).Exclusions();
}

std::string NumberSteps(std::string_view text, StepNames* names) {
  std::pmr::monotonic_buffer_resource memory;
  FunnelSteps steps(&memory);
  std::string numbered;
  Parser(text, &steps, names, &numbered).Anything();
  return numbered;
}

}  // namespace cdp::behavior
