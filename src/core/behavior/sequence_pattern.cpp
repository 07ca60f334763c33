#include "core/behavior/sequence_pattern.h"

#include <algorithm>
#include <string>
#include <utility>

namespace cdp::behavior {
namespace {

constexpr std::int64_t kLongest = std::numeric_limits<std::int64_t>::max();

struct Unit {
  std::string_view name;
  std::int64_t micros;
};
constexpr Unit kUnits[] = {
    {"", 1'000'000},       {"us", 1},         {"ms", 1'000},
    {"s", 1'000'000},      {"m", 60'000'000}, {"h", 3'600'000'000},
    {"d", 86'400'000'000},
};

constexpr bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}
constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsLetter(char c) { return c >= 'a' && c <= 'z'; }

class Parser {
 public:
  Parser(std::string_view text, int conditions, std::pmr::memory_resource* memory)
      : text_(text),
        conditions_(conditions),
        memory_(memory),
        spans_(memory),
        pattern_{std::pmr::vector<PatternItem>(memory)} {
    spans_.emplace_back();
  }

  SequencePattern Run() {
    if (text_.size() > kMaxPatternBytes) {
      throw PatternError("sequence pattern is too long",
                         "A pattern has at most " + std::to_string(kMaxPatternBytes) + " bytes.",
                         kMaxPatternBytes);
    }
    for (SkipSpace(); at_ < text_.size(); SkipSpace()) Part();
    // A time condition at the end asks for an event at that distance.
    if (pattern_.items.empty() || timed_) Consume(~std::uint64_t{0}, false);
    return std::move(pattern_);
  }

 private:
  [[noreturn]] void Fail(std::size_t at, std::string message, std::string detail) const {
    throw PatternError(std::move(message), std::move(detail), at);
  }

  [[noreturn]] void FailHere() const {
    if (at_ >= text_.size()) {
      Fail(text_.size(), "syntax error at end of sequence pattern", "A parenthesis is not closed.");
    }
    Fail(at_, "syntax error in sequence pattern",
         "A pattern is made of (?N), ., .*, (?t op TIME) and (?w<=TIME); op is one of "
         "<= < >= > == !=, TIME a number with us, ms, s, m, h, d or no unit for seconds.");
  }

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void SkipSpace() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  }

  void Expect(char c) {
    SkipSpace();
    if (Peek() != c) FailHere();
    ++at_;
  }

  void Part() {
    if (Peek() == '.') {
      ++at_;
      if (Peek() == '*') {
        ++at_;
        skips_ = true;
      } else {
        Consume(~std::uint64_t{0}, false);
      }
      return;
    }
    const std::size_t start = at_;
    Expect('(');
    Expect('?');
    SkipSpace();
    if (IsDigit(Peek())) {
      const std::uint64_t condition = std::uint64_t{1} << (Condition() - 1);
      Expect(')');
      Consume(condition, true);
    } else if (Peek() == 't') {
      ++at_;
      if (pattern_.items.empty()) {
        Fail(start, "time condition of sequence pattern has no event before it",
             "It measures from the event before it to the one after it.");
      }
      const auto [op, micros] = Comparison();
      Limit(op, micros);
      skips_ = timed_ = true;
    } else if (Peek() == 'w') {
      ++at_;
      const std::size_t place = at_;
      auto [op, micros] = Comparison();
      if (op == "<" && micros > 0) {
        --micros;
      } else if (op != "<=") {
        Fail(place, "window of sequence pattern must be an upper limit",
             "Write (?w<=TIME), or (?w<TIME) with a time above 0.");
      }
      pattern_.window = std::min(pattern_.window, micros);
    } else {
      FailHere();
    }
  }

  int Condition() {
    const std::size_t start = at_;
    int number = 0;
    for (; IsDigit(Peek()); ++at_) number = std::min(1000, number * 10 + (Peek() - '0'));
    if (number < 1 || number > conditions_) {
      Fail(start, "sequence pattern names a condition that does not exist",
           "Conditions are numbered from 1 to " + std::to_string(conditions_) + ".");
    }
    return number;
  }

  /// The operator, the time and the closing parenthesis.
  std::pair<std::string_view, std::uint64_t> Comparison() {
    SkipSpace();
    std::string_view op;
    for (const std::string_view known : {"<=", ">=", "==", "!=", "<", ">"}) {
      if (op.empty() && text_.substr(at_).starts_with(known)) op = known;
    }
    if (op.empty()) FailHere();
    at_ += op.size();
    SkipSpace();
    const std::uint64_t micros = Time();
    Expect(')');
    return {op, micros};
  }

  std::uint64_t Time() {
    const std::size_t start = at_;
    if (!IsDigit(Peek())) FailHere();
    std::int64_t number = 0;
    bool fits = true;
    for (; IsDigit(Peek()); ++at_) {
      fits = fits && !__builtin_mul_overflow(number, 10, &number) &&
             !__builtin_add_overflow(number, Peek() - '0', &number);
    }
    SkipSpace();
    const std::size_t unit_start = at_;
    while (IsLetter(Peek())) ++at_;
    const std::string_view name = text_.substr(unit_start, at_ - unit_start);
    for (const Unit& unit : kUnits) {
      if (unit.name != name) continue;
      if (!fits || number > kLongest / unit.micros) {
        Fail(start, "time in sequence pattern is too long",
             "The longest is 9223372036854775807 microseconds.");
      }
      return static_cast<std::uint64_t>(number * unit.micros);
    }
    at_ = unit_start;
    FailHere();
  }

  /// Cuts what the comparison excludes from the spans.
  void Limit(std::string_view op, std::uint64_t micros) {
    std::pmr::vector<SpanRange> kept(memory_);
    const auto keep = [&](std::uint64_t least, std::uint64_t most) {
      for (const SpanRange& span : spans_) {
        const SpanRange both{std::max(span.least, least), std::min(span.most, most)};
        if (both.least <= both.most) kept.push_back(both);
      }
    };
    if (op == "<=" || op == "==") keep(op == "==" ? micros : 0, micros);
    if ((op == "<" || op == "!=") && micros > 0) keep(0, micros - 1);
    if (op == ">=") keep(micros, kNoLimit);
    if (op == ">" || op == "!=") keep(micros + 1, kNoLimit);
    // From "!=" the upper parts come after all lower ones.
    std::sort(kept.begin(), kept.end(),
              [](const SpanRange& a, const SpanRange& b) { return a.least < b.least; });
    spans_ = std::move(kept);
  }

  void Consume(std::uint64_t fills, bool named) {
    pattern_.items.push_back({fills, named, skips_, std::move(spans_)});
    skips_ = timed_ = false;
    spans_ = std::pmr::vector<SpanRange>(1, memory_);
  }

  std::string_view text_;
  int conditions_;
  std::pmr::memory_resource* memory_;
  std::size_t at_ = 0;
  // What stands since the last event consumed.
  bool skips_ = false;
  bool timed_ = false;
  std::pmr::vector<SpanRange> spans_;
  SequencePattern pattern_;
};

}  // namespace

SequencePattern ParseSequencePattern(std::string_view text, int conditions,
                                     std::pmr::memory_resource* memory) {
  return Parser(text, conditions, memory).Run();
}

}  // namespace cdp::behavior
