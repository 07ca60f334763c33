/// What the tests and windows of a rule come to, as numbers and days, when today is known.
#pragma once

#include <cstdint>
#include <optional>

#include "core/audience/rule.h"
#include "core/behavior/calendar.h"

namespace cdp::audience {

using behavior::Day;

/// Holds every number that a rule may have, rounded to whole ones.
__extension__ using Number = __int128;
inline constexpr Number kNoNumber = ~(Number{1} << 127);  ///< beyond all of them, either way

/// The whole numbers from `low` to `high`, or all others.
struct Range {
  Number low = -kNoNumber;
  Number high = kNoNumber;
  bool inside = true;

  bool Holds(Number number) const { return (low <= number && number <= high) == inside; }
  bool operator==(const Range&) const = default;
};

/// Days, both ends included.
struct DaySpan {
  Day from = INT64_MIN;
  Day to = INT64_MAX;

  bool operator==(const DaySpan&) const = default;
};

/// What the values of a tag are.
enum class Scale : std::uint8_t { kText = 0, kNumber = 1, kDay = 2 };

/// What a message says of a tag of such values: "holds dates".
const char* WhatHolds(Scale scale);

/// Whether such values can be compared so: texts have no order, numbers are not compared with days.
bool Fits(const Test& test, Scale scale);

/// The day that a time means; nothing when it is an instant within a day.
std::optional<Day> DayOf(const Value& time, Day today);

/// The days of a window; nothing when it begins or ends within a day.
std::optional<DaySpan> DaysOf(const Window& window, Day today);

/// A number rounded down to a whole one.
struct Rounded {
  Number floor;
  bool exact;
};

/// The whole numbers that stand in a relation of =, <> or an order to a number; `last` is the
/// second of kBetween. Nothing for other relations.
std::optional<Range> RangeOf(Compare compare, Rounded first, Rounded last);

/// The whole numbers, or days, that fulfil a test of =, <> or an order. Nothing when an operand is
/// neither a number nor a day.
std::optional<Range> RangeOf(const Test& test, Day today);

}  // namespace cdp::audience
