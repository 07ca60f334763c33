#include "core/identity/landed_text.h"

#include <algorithm>

namespace cdp::identity {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Days from 1970-01-01 to the first of March of the year, which leap days come before.
std::int64_t DaysToMarch(std::int64_t year) {
  return year * 365 + year / 4 - year / 100 + year / 400 - 719468;
}

}  // namespace

std::string_view Trim(std::string_view text, bool is_utf8) {
  static constexpr std::string_view kSingle = " \t\n\r\f\v";
  static constexpr std::string_view kUtf8[] = {"\u00a0", "\u200b", "\u3000", "\ufeff"};
  for (bool again = true; again;) {
    again = false;
    while (!text.empty() && kSingle.find(text.front()) != kSingle.npos) text.remove_prefix(1);
    while (!text.empty() && kSingle.find(text.back()) != kSingle.npos) text.remove_suffix(1);
    // Few texts begin or end beyond ASCII.
    if (!is_utf8 || text.empty() || !((text.front() | text.back()) & 0x80)) break;
    for (const std::string_view blank : kUtf8) {
      if (text.starts_with(blank)) {
        text.remove_prefix(blank.size());
        again = true;
      }
      if (text.ends_with(blank)) {
        text.remove_suffix(blank.size());
        again = true;
      }
    }
  }
  return text;
}

bool IsLowerCase(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::optional<std::int64_t> PlainUtcSeconds(std::string_view text) {
  static constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:ddZ";
  if (text.size() != kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool fits = kForm[i] == 'd'   ? IsDigit(text[i])
                      : kForm[i] == 'T' ? text[i] == 'T' || text[i] == ' '
                                        : text[i] == kForm[i];
    if (!fits) return std::nullopt;
  }
  const auto number = [text](std::size_t at, std::size_t digits) {
    std::int64_t value = 0;
    for (const char c : text.substr(at, digits)) value = value * 10 + (c - '0');
    return value;
  };
  const std::int64_t year = number(0, 4);
  const std::int64_t month = number(5, 2);
  const std::int64_t day = number(8, 2);
  const std::int64_t hour = number(11, 2);
  const std::int64_t minute = number(14, 2);
  const std::int64_t second = number(17, 2);
  if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1 || hour > 23 ||
      minute > 59 || second > 59) {
    return std::nullopt;
  }
  const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (day > kDays[month - 1] + (month == 2 && is_leap)) return std::nullopt;
  // Years that begin in March: the leap day is their last.
  const std::int64_t months = (month + 9) % 12;
  const std::int64_t days =
      DaysToMarch(month > 2 ? year : year - 1) + (153 * months + 2) / 5 + day - 1;
  return ((days * 24 + hour) * 60 + minute) * 60 + second;
}

std::optional<double> PlainFraction(std::string_view text) {
  if (text.empty() || text.size() > 11 || !IsDigit(text[0])) return std::nullopt;
  // Whole numbers and powers of ten of this size are exact, so their quotient is rounded once, as
  // in reading the text.
  double digits = text[0] - '0';
  double scale = 1;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (i == 1 ? text[i] != '.' : !IsDigit(text[i])) return std::nullopt;
    if (i == 1) continue;
    digits = digits * 10 + (text[i] - '0');
    scale *= 10;
  }
  const double value = digits / scale;
  return value <= 1 ? std::optional(value) : std::nullopt;
}

}  // namespace cdp::identity
