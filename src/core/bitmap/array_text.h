/// The array literal of both types of bitmaps: {1,2,-1}. Spaces may surround every part.
#pragma once

#include <cstdint>
#include <limits>
#include <memory_resource>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/base/error.h"
#include "core/base/stop.h"

namespace cdp::bitmap {

// The C locale's spaces, as the server's number parsers take them.
inline bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Reads a literal of signed integers; each is taken as the unsigned number with the same bits. The
/// errors name the type that has the integer's size.
template <class Integer>
class ArrayParser {
  using Unsigned = std::make_unsigned_t<Integer>;
  static constexpr bool kIsBig = sizeof(Integer) == 8;

 public:
  explicit ArrayParser(std::string_view text) : left_(text) {}

  /// Appends the values, in the order and as often as they stand there.
  void Parse(std::pmr::vector<Unsigned>* values) {
    StopTicker ticker;
    SkipSpaces();
    if (!Take('{')) Malformed();
    SkipSpaces();
    if (!Take('}')) {
      do {
        SkipSpaces();
        if (left_.empty()) Malformed();
        values->push_back(NextValue());
        SkipSpaces();
        ticker.Step();
      } while (Take(','));
      if (!Take('}')) Malformed();
    }
    SkipSpaces();
    if (!left_.empty()) Malformed();
  }

 private:
  // Spaces and leading zeros may go on for hundreds of megabytes.
  static void StopWithin(std::string_view stretch) {
    if (stretch.size() % (1 << 20) == 0) [[unlikely]]
      CheckStop();
  }

  void SkipSpaces() {
    for (; !left_.empty() && IsSpace(left_.front()); left_.remove_prefix(1)) StopWithin(left_);
  }

  bool Take(char c) {
    if (left_.empty() || left_.front() != c) return false;
    left_.remove_prefix(1);
    return true;
  }

  Unsigned NextValue() {
    std::string_view digits = left_;
    const bool negative = digits.front() == '-';
    if (negative || digits.front() == '+') digits.remove_prefix(1);
    if (digits.empty() || !IsDigit(digits.front())) {
      throw Error(ErrorCode::kInvalidText, std::string("invalid input syntax for ") + TypeName() +
                                               ": \"" + std::string(left_) + "\"");
    }
    // Of the absolute value, which may be one more on the negative side.
    const Unsigned largest = Unsigned{std::numeric_limits<Integer>::max()} + negative;
    Unsigned number = 0;
    for (; !digits.empty() && IsDigit(digits.front()); digits.remove_prefix(1)) {
      const auto digit = static_cast<Unsigned>(digits.front() - '0');
      if (number > (largest - digit) / 10) {
        throw Error(ErrorCode::kOutOfRange,
                    "value \"" + std::string(left_) + "\" is out of range for type " + TypeName());
      }
      number = number * 10 + digit;
      StopWithin(digits);
    }
    left_ = digits;
    return negative ? Unsigned{0} - number : number;
  }

  static const char* TypeName() { return kIsBig ? "bigint" : "integer"; }

  [[noreturn]] static void Malformed() {
    throw Error(ErrorCode::kInvalidArgument, "malformed bitmap literal");
  }

  std::string_view left_;
};

}  // namespace cdp::bitmap
