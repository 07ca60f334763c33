/// The words of a rule.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/error.h"

namespace cdp::audience {

/// What does not parse, and where.
class SyntaxError : public Error {
 public:
  /// `character` counts from 1.
  SyntaxError(std::string message, std::size_t character, std::string detail, std::string hint)
      : Error(ErrorCode::kSyntax, std::move(message), std::move(detail), std::move(hint)),
        character_(character) {}
  std::size_t character() const noexcept { return character_; }

 private:
  std::size_t character_;
};

enum class TokenKind { kEnd, kWord, kQuoted, kSymbol };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view spelling;  ///< as written, quotes included
  std::string value;          ///< of a quoted string: what is inside
  std::size_t at = 0;         ///< byte offset of the spelling

  std::size_t end() const { return at + spelling.size(); }
  bool IsSymbol(std::string_view symbol) const {
    return kind == TokenKind::kSymbol && spelling == symbol;
  }
  /// Is it this keyword (given in lower case)?
  bool IsKeyword(std::string_view keyword) const;
  bool IsName() const { return kind == TokenKind::kWord || kind == TokenKind::kQuoted; }
  std::string Text() const { return kind == TokenKind::kQuoted ? value : std::string(spelling); }
};

/// Cuts UTF-8 text into tokens; throws SyntaxError at what is none. A copy goes on from the same
/// place.
class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : text_(text) {}
  Token Next();

 private:
  Token Quoted();
  std::string_view text_;
  std::size_t at_ = 0;
};

/// Is the word this one (given in lower case), whatever the case of its ASCII letters?
bool SameWord(std::string_view word, std::string_view lower);

/// Does the text stand for itself without quotes?
bool IsBareWord(std::string_view text);

/// Writes a name or a value: bare when it can be, otherwise in double quotes.
void AppendWord(std::string* out, std::string_view word);
void AppendQuoted(std::string* out, std::string_view word);

/// "at or near ..." of the part of the text at a byte offset; an empty one is the end of input.
[[noreturn]] void ThrowSyntaxError(std::string_view text, std::size_t at, std::string_view spelling,
                                   std::string message, std::string detail);

/// The same for a fault that is told without its spelling.
[[noreturn]] void ThrowAt(std::string_view text, std::size_t at, std::string message,
                          std::string detail, std::string hint);

/// A piece of a user's text for a message, cut between characters when it is long.
std::string Shortened(std::string_view text);

}  // namespace cdp::audience
