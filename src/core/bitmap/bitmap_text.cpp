#include "core/bitmap/bitmap_text.h"

#include <charconv>
#include <limits>
#include <string>

#include "core/base/stop.h"

namespace cdp::bitmap {
namespace {

constexpr std::size_t kMaxValueText = 11;  // -2147483648

// The C locale's spaces, as the server's number parsers take them.
bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

class ArrayParser {
 public:
  explicit ArrayParser(std::string_view text) : left_(text) {}

  void Parse(std::pmr::vector<std::uint32_t>* values) {
    StopTicker ticker;
    SkipSpaces();
    if (!Take('{')) Malformed();
    SkipSpaces();
    if (!Take('}')) {
      do {
        SkipSpaces();
        if (left_.empty()) Malformed();
        values->push_back(static_cast<std::uint32_t>(Integer()));
        SkipSpaces();
        ticker.Step();
      } while (Take(','));
      if (!Take('}')) Malformed();
    }
    SkipSpaces();
    if (!left_.empty()) Malformed();
  }

 private:
  void SkipSpaces() {
    while (!left_.empty() && IsSpace(left_.front())) left_.remove_prefix(1);
  }

  bool Take(char c) {
    if (left_.empty() || left_.front() != c) return false;
    left_.remove_prefix(1);
    return true;
  }

  std::int32_t Integer() {
    std::string_view digits = left_;
    const bool negative = digits.front() == '-';
    if (negative || digits.front() == '+') digits.remove_prefix(1);
    if (digits.empty() || !IsDigit(digits.front())) {
      throw Error(ErrorCode::kInvalidText,
                  "invalid input syntax for integer: \"" + std::string(left_) + "\"");
    }
    // Of the absolute value, which may be one more on the negative side.
    constexpr std::int64_t kLargest = std::numeric_limits<std::int32_t>::max();
    std::int64_t number = 0;
    for (; !digits.empty() && IsDigit(digits.front()); digits.remove_prefix(1)) {
      number = number * 10 + (digits.front() - '0');
      if (number > kLargest + negative) {
        throw Error(ErrorCode::kOutOfRange,
                    "value \"" + std::string(left_) + "\" is out of range for type integer");
      }
    }
    left_ = digits;
    return static_cast<std::int32_t>(negative ? -number : number);
  }

  [[noreturn]] static void Malformed() {
    throw Error(ErrorCode::kInvalidArgument, "malformed bitmap literal");
  }

  std::string_view left_;
};

}  // namespace

std::pmr::vector<std::uint32_t> ParseArrayText(std::string_view text,
                                               std::pmr::memory_resource* memory) {
  std::pmr::vector<std::uint32_t> values(memory);
  ArrayParser(text).Parse(&values);
  return values;
}

std::size_t MaxArrayText(const BitmapView& view) {
  std::size_t size = 2;
  for (std::uint32_t i = 0; i < view.containers(); ++i) {
    // The longest value of a container is the one furthest from zero.
    const std::uint32_t high = view.Key(i) << 16;
    const bool negative = (high >> 31) != 0;
    char digits[kMaxValueText];
    const auto furthest = static_cast<std::int32_t>(negative ? high : high | 0xffff);
    const auto end = std::to_chars(digits, digits + kMaxValueText, furthest).ptr;
    size += std::size_t{view.ContainerCardinality(i)} * static_cast<std::size_t>(end - digits + 1);
  }
  return size;
}

char* WriteArrayText(const BitmapView& view, char* out) {
  StopTicker ticker;
  std::uint32_t values[kMaxContainers];
  *out++ = '{';
  for (std::uint32_t i = 0; i < view.containers(); ++i) {
    const Container container = view.At(i);
    const std::uint32_t* end = container.Decode(values);
    for (const std::uint32_t* value = values; value != end; ++value) {
      out = std::to_chars(out, out + kMaxValueText, static_cast<std::int32_t>(*value)).ptr;
      *out++ = ',';
    }
    ticker.Step(container.cardinality);
  }
  // The last comma makes place for the end; there is none in an empty set.
  if (view.empty()) ++out;
  out[-1] = '}';
  return out;
}

}  // namespace cdp::bitmap
