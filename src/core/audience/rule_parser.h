/// What the two halves of the rule's parser share: the tokens, and the operands of tests.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/audience/rule.h"
#include "core/base/stop.h"

namespace cdp::audience {

/// Reads tests, times and durations; the rule itself is read upon it.
class TestParser {
 public:
  explicit TestParser(std::string_view text) : text_(text), tokens_(text), token_(tokens_.Next()) {}

  Value Scalar();
  void ExpectEnd(const char* expected) const {
    if (token_.kind != TokenKind::kEnd) Fail(expected);
  }

 protected:
  /// "Expected ..." of the token in turn.
  [[noreturn]] void Fail(const char* expected) const;
  /// The same with another message than that of a syntax error.
  [[noreturn]] void Fail(const char* message, const char* detail) const;

  void Advance();
  bool Take(std::string_view keyword);
  void Expect(std::string_view keyword, const char* expected);
  void ExpectSymbol(std::string_view symbol, const char* expected);
  Token Peek() const { return Tokenizer(tokens_).Next(); }

  /// The operator in turn; nothing when there is none. `in` and `not` are operators only before
  /// what belongs to them.
  std::optional<Compare> Operator() const;
  bool AtTest() const { return Operator().has_value(); }
  /// Identifiers have no relation to times, so that any word is one.
  enum class Operands : std::uint8_t { kValues, kIdentifiers };
  Test ReadTest(Operands operands = Operands::kValues);
  /// An operator and numbers; `counts`: whole ones.
  Test NumberTest(bool counts, const char* expected);
  Duration ReadDuration();
  Value Time();
  std::string Name(const char* expected);

  std::string_view text_;
  Tokenizer tokens_;
  Token token_;
  std::size_t end_ = 0;  ///< of the token before

 private:
  Value Number(bool counts);
  Value Text(Operands operands);
  bool AtRelativeTime() const;
  std::vector<Value> ValueList(Operands operands);
  friend class RuleParser;
  StopTicker ticker_;
};

}  // namespace cdp::audience
