#include "core/audience/behavior_number.h"

#include <algorithm>
#include <limits>
#include <string>

#include "core/audience/rule_words.h"

namespace cdp::audience {
namespace {

constexpr std::size_t kDigits = 19;
constexpr std::uint64_t kUnit = 10'000'000'000'000'000'000U;  // 10^kDigits
static_assert(2 * kDigits >= kMaxDigits);

/// Beyond every sum of values.
constexpr Number kNoSum = Number{1} << 120;
constexpr std::size_t kSumDigits = 36;
/// Beyond every value.
constexpr Number kNoValue = Number{1} << 64;

std::uint64_t DigitsOf(std::string_view text, std::size_t from) {
  std::uint64_t number = 0;
  for (std::size_t i = from; i < from + kDigits; ++i) {
    number = number * 10 + (i < text.size() ? static_cast<std::uint64_t>(text[i] - '0') : 0);
  }
  return number;
}

/// The number that an operand is, in its one form.
std::optional<std::string> NumberIn(const Value& value) {
  if (value.IsTime()) return std::nullopt;
  return NumberOf(value.text);
}

std::int64_t Clamped(Number number) {
  return static_cast<std::int64_t>(std::clamp<Number>(number, INT64_MIN, INT64_MAX));
}

}  // namespace

std::optional<NumberTest> NumberTest::Of(const Test& test, int decimals) {
  if (test.values.empty()) return std::nullopt;
  const auto first = NumberIn(test.values.front());
  const auto last = NumberIn(test.values.back());
  if (!first || !last) return std::nullopt;
  return NumberTest(test.compare, Parse(*first, decimals), Parse(*last, decimals));
}

NumberTest::NumberTest(Compare compare, const Decimal& first, const Decimal& last)
    : compare_(compare), first_(first), last_(last), of_one_(RangeFor(1)) {}

/// Of a text that NumberOf has written.
NumberTest::Decimal NumberTest::Parse(std::string_view number, int decimals) {
  Decimal decimal;
  decimal.negative = number.front() == '-';
  if (decimal.negative) number.remove_prefix(1);
  const std::size_t point = std::min(number.find('.'), number.size());
  std::string digits(number.substr(0, point));
  if (point < number.size()) digits += number.substr(point + 1);
  const std::size_t whole = point + static_cast<std::size_t>(decimals);
  if (digits.size() < whole) digits.append(whole - digits.size(), '0');
  if (whole > kSumDigits && digits.front() != '0') {
    decimal.whole = kNoSum;
    return decimal;
  }
  for (const char c : digits.substr(0, whole)) decimal.whole = decimal.whole * 10 + (c - '0');
  decimal.first_digits = DigitsOf(digits, whole);
  decimal.next_digits = DigitsOf(digits, whole + kDigits);
  return decimal;
}

Rounded NumberTest::Multiplied(const Decimal& number, std::uint64_t n) {
  // No average is larger, and this many times n fits.
  const Number whole = n == 1 ? number.whole : std::min(number.whole, kNoValue);
  const Number low = Number{number.next_digits} * n;
  const Number high = Number{number.first_digits} * n + low / kUnit;
  const bool exact = low % kUnit == 0 && high % kUnit == 0;
  const Number magnitude = whole * n + high / kUnit;
  if (!number.negative) return {magnitude, exact};
  return {-magnitude - (exact ? 0 : 1), exact};
}

Range NumberTest::RangeFor(std::uint64_t n) const {
  return RangeOf(compare_, Multiplied(first_, n), Multiplied(last_, n)).value_or(Range{1, 0, true});
}

std::int64_t NumberTest::FirstOther() const {
  // It changes where the range begins, or behind its end.
  const std::int64_t low = Clamped(of_one_.low);
  const std::int64_t high = Clamped(of_one_.high);
  if (low > 0) return low;
  return high == INT64_MAX ? INT64_MAX : std::max<std::int64_t>(high + 1, 1);
}

void NumberTest::AppendRanges(std::vector<behavior::StepConditions::Range>* ranges) const {
  constexpr Number kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr Number kMost = std::numeric_limits<std::int64_t>::max();
  const auto append = [&](Number low, Number high) {
    if (low > high || low > kMost || high < kLeast) return;
    ranges->push_back({Clamped(low), Clamped(high)});
  };
  if (of_one_.inside) return append(of_one_.low, of_one_.high);
  if (of_one_.low > of_one_.high) return append(kLeast, kMost);
  append(kLeast, of_one_.low - 1);
  append(of_one_.high + 1, kMost);
}

}  // namespace cdp::audience
