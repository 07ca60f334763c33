#include "core/audience/token.h"

namespace cdp::audience {
namespace {

constexpr bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

constexpr bool StartsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

/// Bytes of the character at the front; 1 for a byte that starts none.
std::size_t CharacterBytes(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && !StartsCharacter(text[size])) ++size;
  return size;
}

/// The code point of a well-formed character of two or three bytes, otherwise 0.
unsigned CodePoint(std::string_view c) {
  const auto byte = [c](std::size_t i) { return static_cast<unsigned char>(c[i]); };
  if (c.size() == 2) return (byte(0) & 0x1fu) << 6 | (byte(1) & 0x3fu);
  if (c.size() == 3) {
    return (byte(0) & 0x0fu) << 12 | (byte(1) & 0x3fu) << 6 | (byte(2) & 0x3fu);
  }
  return 0;
}

/// Punctuation and spaces that input methods produce in place of ASCII. As part of a word they
/// would make an operator vanish in a name.
bool IsForeignPunctuation(std::string_view character) {
  const unsigned code = CodePoint(character);
  return (code >= 0x80 && code <= 0xbf && code != 0xaa && code != 0xb5 && code != 0xba) ||
         (code >= 0x2000 && code <= 0x206f) ||  // general punctuation, curved quotes, spaces
         (code >= 0x3000 && code <= 0x3020 && (code < 0x3005 || code > 0x3007)) ||
         (code >= 0xff01 && code <= 0xff0f) || (code >= 0xff1a && code <= 0xff20) ||
         (code >= 0xff3b && code <= 0xff40) || (code >= 0xff5b && code <= 0xff65) || code == 0xfeff;
}

/// Bytes of the word character at the front of the text; 0 when there is none.
std::size_t WordCharacter(std::string_view text) {
  const char c = text.front();
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
      c == '-' || c == '.') {
    return 1;
  }
  if (static_cast<unsigned char>(c) < 0x80) return 0;
  const std::size_t size = CharacterBytes(text);
  return IsForeignPunctuation(text.substr(0, size)) ? 0 : size;
}

/// Bytes of the operator at the front of the text; 0 when there is none.
std::size_t SymbolBytes(std::string_view text) {
  for (const std::string_view two : {"<=", ">=", "<>", "!="}) {
    if (text.starts_with(two)) return 2;
  }
  return std::string_view("()=,:&|!<>%").find(text.front()) == std::string_view::npos ? 0 : 1;
}

std::size_t WordBytes(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size()) {
    const std::size_t more = WordCharacter(text.substr(size));
    if (more == 0) break;
    size += more;
  }
  return size;
}

}  // namespace

std::string Shortened(std::string_view text) {
  constexpr std::size_t kLongestQuote = 100;
  if (text.size() <= kLongestQuote) return std::string(text);
  std::size_t size = kLongestQuote;
  while (size > 0 && !StartsCharacter(text[size])) --size;
  return std::string(text.substr(0, size)) + "...";
}

void ThrowAt(std::string_view text, std::size_t at, std::string message, std::string detail,
             std::string hint) {
  std::size_t character = 1;
  for (const char c : text.substr(0, at)) character += StartsCharacter(c);
  throw SyntaxError(std::move(message), character, std::move(detail), std::move(hint));
}

void ThrowSyntaxError(std::string_view text, std::size_t at, std::string_view spelling,
                      std::string message, std::string detail) {
  if (spelling.empty()) {
    message += " at end of input";
  } else {
    message += " at or near \"" + Shortened(spelling) + "\"";
  }
  ThrowAt(text, at, std::move(message), std::move(detail), {});
}

bool SameWord(std::string_view word, std::string_view lower) {
  if (word.size() != lower.size()) return false;
  for (std::size_t i = 0; i < lower.size(); ++i) {
    const char c = word[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != lower[i]) return false;
  }
  return true;
}

bool IsBareWord(std::string_view text) { return !text.empty() && WordBytes(text) == text.size(); }

void AppendQuoted(std::string* out, std::string_view word) {
  *out += '"';
  for (const char c : word) {
    if (c == '"') *out += c;
    *out += c;
  }
  *out += '"';
}

void AppendWord(std::string* out, std::string_view word) {
  if (IsBareWord(word)) {
    out->append(word);
  } else {
    AppendQuoted(out, word);
  }
}

bool Token::IsKeyword(std::string_view keyword) const {
  return kind == TokenKind::kWord && SameWord(spelling, keyword);
}

Token Tokenizer::Next() {
  while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  Token token;
  token.at = at_;
  if (at_ == text_.size()) return token;
  const std::string_view rest = text_.substr(at_);
  if (rest.front() == '"' || rest.front() == '\'') return Quoted();
  std::size_t size = WordBytes(rest);
  token.kind = TokenKind::kWord;
  if (size == 0) {
    token.kind = TokenKind::kSymbol;
    size = SymbolBytes(rest);
    if (size == 0) {
      ThrowSyntaxError(
          text_, at_, rest.substr(0, CharacterBytes(rest)), "syntax error",
          "Names and values that hold other signs than letters, digits, _ - . stand in "
          "quotes; operators are written in ASCII.");
    }
  }
  token.spelling = rest.substr(0, size);
  at_ += size;
  return token;
}

Token Tokenizer::Quoted() {
  const char quote = text_[at_];
  Token token;
  token.kind = TokenKind::kQuoted;
  token.at = at_;
  for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
    if (text_[i] == quote) {
      if (i + 1 == text_.size() || text_[i + 1] != quote) {
        token.spelling = text_.substr(at_, i + 1 - at_);
        at_ = i + 1;
        return token;
      }
      ++i;
    }
    token.value += text_[i];
  }
  ThrowSyntaxError(text_, at_, text_.substr(at_), "unterminated quoted string",
                   "The quote that ends it is missing; a quote inside is doubled.");
}

}  // namespace cdp::audience
