#include "core/audience/rule_range.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/audience/rule_words.h"

namespace cdp::audience {
namespace {

using behavior::CalendarUnit;

Day Shifted(Day day, Duration shift) {
  std::int64_t months = shift.amount;
  switch (shift.unit) {
    case Unit::kWeek:
      return day + 7 * std::int64_t{shift.amount};
    case Unit::kYear:
      months *= 12;
      [[fallthrough]];
    case Unit::kMonth: {
      const std::int64_t month = behavior::UnitOf(CalendarUnit::kMonth, day);
      const Day in_month = day - behavior::FirstDayOf(CalendarUnit::kMonth, month);
      // The last of a month that has no such day.
      return std::min(behavior::FirstDayOf(CalendarUnit::kMonth, month + months) + in_month,
                      behavior::FirstDayOf(CalendarUnit::kMonth, month + months + 1) - 1);
    }
    default:
      return day + shift.amount;
  }
}

int Digits(std::string_view text) {
  int number = 0;
  for (const char c : text) number = number * 10 + (c - '0');
  return number;
}

/// Of a text that TimeOf has written.
Day DayOfDate(std::string_view date) {
  // Month 0 is March 2000.
  const std::int64_t month =
      (Digits(date.substr(0, 4)) - 2000) * 12 + Digits(date.substr(5, 2)) - 3;
  return behavior::FirstDayOf(CalendarUnit::kMonth, month) + Digits(date.substr(8, 2)) - 1;
}

/// Of a text that NumberOf has written.
Rounded RoundedOf(std::string_view text) {
  const bool negative = text.front() == '-';
  if (negative) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  Number number = 0;
  for (const char c : text.substr(0, point)) number = number * 10 + (c - '0');
  const bool exact = point == text.size();
  if (negative) number = -number - (exact ? 0 : 1);
  return {number, exact};
}

/// The operand of a test as a number; of a text only when it is one.
std::optional<Rounded> OperandOf(const Value& value, Day today) {
  if (value.kind == ValueKind::kNumber) return RoundedOf(value.text);
  if (value.kind == ValueKind::kText) {
    if (const auto number = NumberOf(value.text)) return RoundedOf(*number);
    const auto time = TimeOf(value.text);
    if (!time || time->size() > 10) return std::nullopt;
    return Rounded{DayOfDate(*time), true};
  }
  const auto day = DayOf(value, today);
  if (!day) return std::nullopt;
  return Rounded{*day, true};
}

/// Which day it is today makes no difference to what is a number or a day.
Scale ScaleOf(const Value& value) {
  if (!OperandOf(value, 0)) return Scale::kText;
  const bool is_number =
      value.kind == ValueKind::kNumber || (value.kind == ValueKind::kText && NumberOf(value.text));
  return is_number ? Scale::kNumber : Scale::kDay;
}

}  // namespace

const char* WhatHolds(Scale scale) {
  switch (scale) {
    case Scale::kText:
      return "does not hold numbers";
    case Scale::kNumber:
      return "holds numbers";
    case Scale::kDay:
      return "holds dates";
  }
  __builtin_unreachable();
}

bool Fits(const Test& test, Scale scale) {
  if (scale == Scale::kText) return !IsOrder(test.compare);
  return std::all_of(test.values.begin(), test.values.end(),
                     [scale](const Value& value) { return ScaleOf(value) == scale; });
}

std::optional<Day> DayOf(const Value& time, Day today) {
  if (time.kind == ValueKind::kTime) {
    if (time.text.size() > 10) return std::nullopt;
    return DayOfDate(time.text);
  }
  if (time.kind != ValueKind::kRelative || time.shift.unit < Unit::kDay) return std::nullopt;
  return Shifted(today, time.shift);
}

std::optional<DaySpan> DaysOf(const Window& window, Day today) {
  DaySpan span;
  if (window.last.amount != 0) {
    if (window.last.unit < Unit::kDay) return std::nullopt;
    // Today is one of them.
    return DaySpan{Shifted(today, {-window.last.amount, window.last.unit}) + 1, today};
  }
  for (const auto& [end, day] : {std::pair{&window.from, &span.from}, {&window.to, &span.to}}) {
    if (!*end) continue;
    const auto found = DayOf(**end, today);
    if (!found) return std::nullopt;
    *day = *found;
  }
  return span;
}

std::optional<Range> RangeOf(Compare compare, Rounded first, Rounded last) {
  const Number above = first.floor + 1;
  // The least whole number that is not below the operand.
  const Number ceiling = first.exact ? first.floor : above;
  switch (compare) {
    case Compare::kEqual:
      return Range{ceiling, first.floor, true};
    case Compare::kNotEqual:
      return Range{ceiling, first.floor, false};
    case Compare::kLess:
      return Range{-kNoNumber, ceiling - 1, true};
    case Compare::kAtMost:
      return Range{-kNoNumber, first.floor, true};
    case Compare::kMore:
      return Range{above, kNoNumber, true};
    case Compare::kAtLeast:
      return Range{ceiling, kNoNumber, true};
    case Compare::kBetween:
      return Range{ceiling, last.floor, true};
    default:
      return std::nullopt;
  }
}

std::optional<Range> RangeOf(const Test& test, Day today) {
  if (test.values.empty()) return std::nullopt;
  const auto first = OperandOf(test.values.front(), today);
  const auto last = OperandOf(test.values.back(), today);
  if (!first || !last) return std::nullopt;
  return RangeOf(test.compare, *first, *last);
}

}  // namespace cdp::audience
