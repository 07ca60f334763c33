#include "core/audience/rule_words.h"

#include <array>
#include <charconv>
#include <utility>

namespace cdp::audience {
namespace {

constexpr std::array<std::string_view, 11> kCompares = {
    "is set", "is not set", "=", "<>", "<", "<=", ">", ">=", "between", "in", "not in"};
constexpr std::array<std::string_view, 6> kAggregates = {"sum", "avg",      "min",
                                                         "max", "distinct", "days"};
constexpr std::array<std::string_view, 14> kKinds = {
    "and",       "or",    "not",  "everyone", "tag",      "attribute", "event",
    "aggregate", "first", "last", "sequence", "audience", "ids",       "top"};

/// In the order of the enumeration; the singular comes first.
constexpr std::array<std::array<std::string_view, 5>, 7> kUnits = {{
    {"second", "seconds", "sec", "secs", "s"},
    {"minute", "minutes", "min", "mins", "m"},
    {"hour", "hours", "hr", "hrs", "h"},
    {"day", "days", "d", "", ""},
    {"week", "weeks", "w", "", ""},
    {"month", "months", "mon", "mons", ""},
    {"year", "years", "yr", "yrs", "y"},
}};

constexpr std::string_view kReserved[] = {
    "and",  "or",      "not",   "but",   "did",    "everyone", "tag", "audience",
    "attr", "id",      "top",   "sum",   "avg",    "min",      "max", "distinct",
    "days", "first",   "last",  "then",  "within", "where",    "in",  "is",
    "of",   "between", "since", "until", "ever",   "times",    "by",  "as"};

template <class Enum, std::size_t kCount>
std::optional<Enum> Find(const std::array<std::string_view, kCount>& words, std::string_view word) {
  for (std::size_t i = 0; i < kCount; ++i) {
    if (SameWord(word, words[i])) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Reads `digits` digits at the front of the text and takes them off it; -1 when they are not
/// there.
int TakeDigits(std::string_view* text, std::size_t digits) {
  if (text->size() < digits) return -1;
  int number = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (!IsDigit((*text)[i])) return -1;
    number = number * 10 + ((*text)[i] - '0');
  }
  text->remove_prefix(digits);
  return number;
}

bool TakeSign(std::string_view* text, char sign) {
  if (text->empty() || text->front() != sign) return false;
  text->remove_prefix(1);
  return true;
}

int DaysOfMonth(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[month - 1];
}

}  // namespace

std::string_view WordOf(Compare compare) { return kCompares[static_cast<std::size_t>(compare)]; }
std::string_view WordOf(Aggregate which) { return kAggregates[static_cast<std::size_t>(which)]; }
std::string_view WordOf(Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }
std::string_view WordOf(Unit unit) { return kUnits[static_cast<std::size_t>(unit)][0]; }

std::optional<Compare> CompareOf(std::string_view word) {
  if (word == "!=") return Compare::kNotEqual;
  return Find<Compare>(kCompares, word);
}

std::optional<Aggregate> AggregateOf(std::string_view word) {
  return Find<Aggregate>(kAggregates, word);
}

std::optional<Unit> UnitOf(std::string_view word) {
  if (word.empty()) return std::nullopt;
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    for (const std::string_view name : kUnits[i]) {
      if (SameWord(word, name)) return static_cast<Unit>(i);
    }
  }
  return std::nullopt;
}

bool IsOrder(Compare compare) { return compare >= Compare::kLess && compare <= Compare::kBetween; }

void AppendDuration(std::string* out, Duration duration) {
  *out += std::to_string(duration.amount);
  *out += ' ';
  *out += WordOf(duration.unit);
  if (duration.amount != 1) *out += 's';
}

std::optional<std::int32_t> AmountOf(std::string_view digits) {
  std::int32_t amount = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, fault] = std::from_chars(digits.data(), end, amount);
  if (fault != std::errc() || stop != end || amount < 1 || amount > kMaxAmount) return std::nullopt;
  return amount;
}

std::optional<std::string> NumberOf(std::string_view text) {
  const bool negative = TakeSign(&text, '-');
  std::size_t point = 0;
  while (point < text.size() && IsDigit(text[point])) ++point;
  std::string_view whole = text.substr(0, point);
  std::string_view fraction;
  if (point < text.size()) {
    fraction = text.substr(point + 1);
    if (text[point] != '.' || fraction.empty()) return std::nullopt;
  }
  if (whole.empty()) return std::nullopt;
  for (const char c : fraction) {
    if (!IsDigit(c)) return std::nullopt;
  }
  while (whole.size() > 1 && whole.front() == '0') whole.remove_prefix(1);
  while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
  if (whole.size() + fraction.size() > kMaxDigits) return std::nullopt;
  std::string number;
  if (negative && (whole != "0" || !fraction.empty())) number += '-';
  number += whole;
  if (!fraction.empty()) {
    number += '.';
    number += fraction;
  }
  return number;
}

bool IsCount(std::string_view number) {
  return number.front() != '-' && number.find('.') == std::string_view::npos;
}

bool IsTop(std::string_view number, bool percent) {
  if (number.front() == '-' || number == "0") return false;
  if (!percent) return IsCount(number);
  const std::string_view whole = number.substr(0, number.find('.'));
  return whole.size() < 3 || number == "100";
}

std::optional<std::string> TimeOf(std::string_view text) {
  const std::string_view date = text.substr(0, 10);
  const int year = TakeDigits(&text, 4);
  if (year < 1 || !TakeSign(&text, '-')) return std::nullopt;
  const int month = TakeDigits(&text, 2);
  if (month < 1 || month > 12 || !TakeSign(&text, '-')) return std::nullopt;
  const int day = TakeDigits(&text, 2);
  if (day < 1 || day > DaysOfMonth(year, month)) return std::nullopt;
  if (text.empty()) return std::string(date);
  if (!TakeSign(&text, ' ') && !TakeSign(&text, 'T')) return std::nullopt;
  const std::string_view clock = text.substr(0, 5);
  const int hour = TakeDigits(&text, 2);
  if (hour < 0 || hour > 23 || !TakeSign(&text, ':')) return std::nullopt;
  const int minute = TakeDigits(&text, 2);
  if (minute < 0 || minute > 59) return std::nullopt;
  std::string seconds = "00";
  if (!text.empty()) {
    if (!TakeSign(&text, ':')) return std::nullopt;
    seconds = text;
    const int second = TakeDigits(&text, 2);
    if (second < 0 || second > 59 || !text.empty()) return std::nullopt;
  }
  return std::string(date) + ' ' + std::string(clock) + ':' + seconds;
}

bool IsTimeShaped(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-dd";
  if (text.size() < kShape.size()) return false;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == 'd' ? !IsDigit(text[i]) : text[i] != kShape[i]) return false;
  }
  return text.size() == kShape.size() || text[kShape.size()] == ' ' || text[kShape.size()] == 'T';
}

bool IsMoment(std::string_view word) { return SameWord(word, "today") || SameWord(word, "now"); }

bool IsReserved(std::string_view word) {
  for (const std::string_view reserved : kReserved) {
    if (SameWord(word, reserved)) return true;
  }
  return word.size() > 4 && SameWord(word.substr(0, 5), "attr.");
}

void AppendText(std::string* out, std::string_view text) {
  if (IsMoment(text)) {
    AppendQuoted(out, text);
  } else {
    AppendWord(out, text);
  }
}

void AppendEventName(std::string* out, std::string_view name) {
  if (IsReserved(name)) {
    AppendQuoted(out, name);
  } else {
    AppendWord(out, name);
  }
}

}  // namespace cdp::audience
