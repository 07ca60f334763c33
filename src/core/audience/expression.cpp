#include "core/audience/expression.h"

#include <utility>

#include "core/audience/token.h"
#include "core/base/stop.h"

namespace cdp::audience {
namespace {

/// How tightly an operator binds; a leaf binds tightest.
int Precedence(Op op) {
  switch (op) {
    case Op::kOr:
      return 1;
    case Op::kAnd:
      return 2;
    case Op::kNot:
      return 3;
    default:
      return 4;
  }
}

/// Precedence climbing; the steps come out in postfix order.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), tokens_(text), token_(tokens_.Next()) {}

  std::vector<Step> Run() {
    Expression(Precedence(Op::kOr));
    if (token_.kind != TokenKind::kEnd) Fail();
    return std::move(steps_);
  }

 private:
  [[noreturn]] void Fail() const { ThrowSyntaxError(text_, token_.at, token_.spelling); }

  void Advance() {
    token_ = tokens_.Next();
    ticker_.Step();
  }

  void Expect(char symbol) {
    if (!token_.IsSymbol(symbol)) Fail();
    Advance();
  }

  void Deeper() {
    if (++depth_ <= kMaxDepth) return;
    throw Error(ErrorCode::kLimitExceeded, "audience expression is nested too deeply",
                "Parentheses and negations may be nested " + std::to_string(kMaxDepth) + " deep.");
  }

  void Emit(Op op) { steps_.push_back({op, {}, true, {}}); }

  /// Operators that bind at least as tightly as `least`, left to right.
  void Expression(int least) {
    Operand();
    for (;;) {
      const bool but = token_.IsKeyword("but");
      Op op = Op::kAnd;
      if (token_.IsKeyword("or") || token_.IsSymbol('|')) {
        op = Op::kOr;
      } else if (!but && !token_.IsKeyword("and") && !token_.IsSymbol('&')) {
        return;
      }
      if (Precedence(op) < least) return;
      Advance();
      // "but" is "and" before a "not", which the operand reads.
      if (but && !token_.IsKeyword("not")) Fail();
      Expression(Precedence(op) + 1);
      Emit(op);
    }
  }

  void Operand() {
    if (token_.IsKeyword("not") || token_.IsSymbol('!')) {
      Deeper();
      Advance();
      Operand();
      Emit(Op::kNot);
      --depth_;
    } else if (token_.IsSymbol('(')) {
      Deeper();
      Advance();
      Expression(Precedence(Op::kOr));
      Expect(')');
      --depth_;
    } else if (token_.IsKeyword("everyone")) {
      Advance();
      Emit(Op::kEveryone);
    } else if (token_.IsKeyword("audience")) {
      Emit(Op::kAudience);
      Name();
    } else if (token_.IsKeyword("tag")) {
      Emit(Op::kTag);
      Name();
      TagCondition();
    } else {
      Fail();
    }
  }

  void Name() {
    Advance();
    Expect(':');
    if (!token_.IsName()) Fail();
    steps_.back().name = token_.Text();
    if (steps_.back().name.empty()) {
      ThrowSyntaxError(text_, token_.at, token_.spelling, "zero-length name");
    }
    Advance();
  }

  void TagCondition() {
    if (token_.IsSymbol('=')) {
      Advance();
      Value();
    } else if (token_.IsKeyword("in")) {
      Advance();
      Expect('(');
      Value();
      while (token_.IsSymbol(',')) {
        Advance();
        Value();
      }
      Expect(')');
    }
  }

  void Value() {
    if (!token_.IsName()) Fail();
    steps_.back().any_value = false;
    steps_.back().values.push_back(token_.Text());
    Advance();
  }

  std::string_view text_;
  Tokenizer tokens_;
  Token token_;
  int depth_ = 0;
  std::vector<Step> steps_;
  StopTicker ticker_;
};

void AppendWord(std::string* out, std::string_view word) {
  if (IsBareWord(word)) {
    out->append(word);
    return;
  }
  *out += '"';
  for (const char c : word) {
    if (c == '"') *out += c;
    *out += c;
  }
  *out += '"';
}

std::string PrintLeaf(const Step& step) {
  if (step.op == Op::kEveryone) return "everyone";
  std::string out = step.op == Op::kTag ? "tag:" : "audience:";
  AppendWord(&out, step.name);
  if (step.any_value) return out;
  if (step.values.size() == 1) {
    out += " = ";
    AppendWord(&out, step.values.front());
    return out;
  }
  const char* separator = " in (";
  for (const std::string& value : step.values) {
    out += std::exchange(separator, ", ");
    AppendWord(&out, value);
  }
  return out += ')';
}

/// Text as a JSON string; bytes beyond ASCII stand for themselves.
void AppendJson(std::string* out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  *out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      *out += "\\u00";
      *out += kHex[byte >> 4];
      *out += kHex[byte & 15];
      continue;
    }
    if (c == '"' || c == '\\') *out += '\\';
    *out += c;
  }
  *out += '"';
}

const char* NameOf(Op op) {
  switch (op) {
    case Op::kTag:
      return "tag";
    case Op::kAudience:
      return "audience";
    case Op::kEveryone:
      return "everyone";
    case Op::kNot:
      return "not";
    case Op::kAnd:
      return "and";
    case Op::kOr:
      return "or";
  }
  return "";
}

}  // namespace

std::vector<Step> Parse(std::string_view text) { return Parser(text).Run(); }

std::string Print(const std::vector<Step>& steps) {
  struct Part {
    std::string text;
    Op op;
  };
  std::vector<Part> stack;
  const auto bracket = [](Part* part, bool needed) {
    if (needed) part->text = '(' + std::move(part->text) + ')';
  };
  StopTicker ticker;
  for (const Step& step : steps) {
    ticker.Step();
    const int here = Precedence(step.op);
    if (step.op == Op::kNot) {
      Part& inner = stack.back();
      bracket(&inner, Precedence(inner.op) < here);
      inner = {"not " + inner.text, Op::kNot};
    } else if (step.op == Op::kAnd || step.op == Op::kOr) {
      Part right = std::move(stack.back());
      stack.pop_back();
      Part& left = stack.back();
      bracket(&left, Precedence(left.op) < here);
      // Operators associate to the left, so an equal one on the right was in parentheses.
      bracket(&right, Precedence(right.op) <= here);
      left.text += step.op == Op::kAnd ? " and " : " or ";
      left.text += right.text;
      left.op = step.op;
    } else {
      stack.push_back({PrintLeaf(step), step.op});
    }
  }
  return std::move(stack.back().text);
}

std::string ToJson(const std::vector<Step>& steps) {
  std::string out = "[";
  for (const Step& step : steps) {
    if (out.size() > 1) out += ',';
    out += "{\"op\":";
    AppendJson(&out, NameOf(step.op));
    if (step.op == Op::kTag || step.op == Op::kAudience) {
      out += ",\"name\":";
      AppendJson(&out, step.name);
    }
    if (step.op == Op::kTag) {
      out += ",\"values\":";
      if (step.any_value) out += "null";
      const char* separator = "[";
      for (const std::string& value : step.values) {
        out += std::exchange(separator, ",");
        AppendJson(&out, value);
      }
      if (!step.any_value) out += ']';
    }
    out += '}';
  }
  return out += ']';
}

}  // namespace cdp::audience
