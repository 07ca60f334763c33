#include "core/audience/json_text.h"

#include "core/base/error.h"
#include "core/base/stop.h"

namespace cdp::audience {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Json Run() {
    Json value = Value(0);
    SkipBlanks();
    if (at_ != text_.size()) Fail();
    return value;
  }

 private:
  [[noreturn]] void Fail() const {
    throw Error(ErrorCode::kInvalidText, "JSON does not parse",
                "The fault is at byte " + std::to_string(at_ + 1) + ".");
  }

  void SkipBlanks() {
    while (at_ < text_.size() && std::string_view(" \t\n\r").find(text_[at_]) < 4) ++at_;
  }

  bool Take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  /// The sign after blanks.
  bool TakeSign(char c) {
    SkipBlanks();
    return Take(c);
  }

  bool TakeWord(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  Json Value(int depth) {
    ticker_.Step();
    if (depth > kMaxJsonDepth || ++items_ > kMaxJsonItems) {
      throw Error(ErrorCode::kLimitExceeded, "JSON is too large",
                  "It may be nested " + std::to_string(kMaxJsonDepth) + " deep and have " +
                      std::to_string(kMaxJsonItems) + " values.");
    }
    SkipBlanks();
    Json value;
    if (Take('{')) {
      value.kind = JsonKind::kObject;
      if (TakeSign('}')) return value;
      do {
        SkipBlanks();
        value.keys.push_back(String());
        if (!TakeSign(':')) Fail();
        value.items.push_back(Value(depth + 1));
      } while (TakeSign(','));
      if (!TakeSign('}')) Fail();
    } else if (Take('[')) {
      value.kind = JsonKind::kArray;
      if (TakeSign(']')) return value;
      do {
        value.items.push_back(Value(depth + 1));
      } while (TakeSign(','));
      if (!TakeSign(']')) Fail();
    } else if (at_ < text_.size() && text_[at_] == '"') {
      value.kind = JsonKind::kString;
      value.text = String();
    } else if (TakeWord("true")) {
      value.kind = JsonKind::kTrue;
    } else if (TakeWord("false")) {
      value.kind = JsonKind::kFalse;
    } else if (!TakeWord("null")) {
      value.kind = JsonKind::kNumber;
      const std::size_t begin = at_;
      while (at_ < text_.size() &&
             std::string_view("0123456789+-.eE").find(text_[at_]) != std::string_view::npos) {
        ++at_;
      }
      if (at_ == begin) Fail();
      value.text = text_.substr(begin, at_ - begin);
    }
    return value;
  }

  std::string String() {
    if (!Take('"')) Fail();
    std::string out;
    while (!Take('"')) {
      if (at_ == text_.size() || static_cast<unsigned char>(text_[at_]) < 0x20) Fail();
      if (Take('\\')) {
        Escape(&out);
      } else {
        out += text_[at_++];
      }
    }
    return out;
  }

  void Escape(std::string* out) {
    static constexpr std::string_view kNames = "\"\\/bfnrt";
    static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (at_ == text_.size()) Fail();
    const std::size_t which = kNames.find(text_[at_]);
    if (which != std::string_view::npos) {
      ++at_;
      *out += kMeanings[which];
      return;
    }
    unsigned code = Hex4();
    if (code >= 0xd800 && code < 0xdc00) {
      if (!Take('\\')) Fail();
      const unsigned low = Hex4();
      if (low < 0xdc00 || low > 0xdfff) Fail();
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code == 0 || (code >= 0xdc00 && code <= 0xdfff)) {
      Fail();
    }
    AppendUtf8(out, code);
  }

  unsigned Hex4() {
    if (!Take('u')) Fail();
    unsigned code = 0;
    for (int i = 0; i < 4; ++i) {
      static constexpr std::string_view kDigits = "0123456789abcdefABCDEF";
      const std::size_t digit = at_ < text_.size() ? kDigits.find(text_[at_]) : kDigits.npos;
      if (digit == kDigits.npos) Fail();
      code = code * 16 + static_cast<unsigned>(digit < 16 ? digit : digit - 6);
      ++at_;
    }
    return code;
  }

  static void AppendUtf8(std::string* out, unsigned code) {
    const auto put = [out](unsigned byte) { *out += static_cast<char>(byte); };
    if (code < 0x80) {
      put(code);
      return;
    }
    if (code < 0x800) {
      put(0xc0 | code >> 6);
    } else {
      if (code < 0x10000) {
        put(0xe0 | code >> 12);
      } else {
        put(0xf0 | code >> 18);
        put(0x80 | (code >> 12 & 0x3f));
      }
      put(0x80 | (code >> 6 & 0x3f));
    }
    put(0x80 | (code & 0x3f));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t items_ = 0;
  StopTicker ticker_;
};

}  // namespace

Json ParseJson(std::string_view text) { return Reader(text).Run(); }

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

}  // namespace cdp::audience
