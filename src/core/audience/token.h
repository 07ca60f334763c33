/// The words of an audience expression.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cdp::audience {

enum class TokenKind { kEnd, kWord, kQuoted, kSymbol };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view spelling;  ///< as written, quotes included
  std::string value;          ///< of a quoted string: what is inside
  std::size_t at = 0;         ///< byte offset of the spelling

  bool IsSymbol(char c) const { return kind == TokenKind::kSymbol && spelling.front() == c; }
  /// Is it this keyword (given in lower case)?
  bool IsKeyword(std::string_view keyword) const;
  bool IsName() const { return kind == TokenKind::kWord || kind == TokenKind::kQuoted; }
  std::string Text() const { return kind == TokenKind::kQuoted ? value : std::string(spelling); }
};

/// Cuts UTF-8 text into tokens; throws SyntaxError at what is none.
class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : text_(text) {}
  Token Next();

 private:
  Token Quoted();
  std::string_view text_;
  std::size_t at_ = 0;
};

/// Does the text stand for itself without quotes?
bool IsBareWord(std::string_view text);

/// The error for what stands at a byte offset; the end of the text has no spelling.
[[noreturn]] void ThrowSyntaxError(std::string_view text, std::size_t at, std::string_view spelling,
                                   std::string message = {});

}  // namespace cdp::audience
