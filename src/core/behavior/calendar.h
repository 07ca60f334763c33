/// Days, weeks and months as numbers that follow each other.
#pragma once

#include <cstdint>
#include <string_view>

namespace cdp::behavior {

/// Days since 2000-01-01, as PostgreSQL counts dates.
using Day = std::int64_t;

enum class CalendarUnit : std::uint8_t { kDay, kWeek, kMonth };

/// "day", "week" or "month"; throws kInvalidArgument for any other word.
CalendarUnit ParseUnit(std::string_view word);

/// The number of the unit in which a day lies; weeks begin on Monday.
std::int64_t UnitOf(CalendarUnit unit, Day day);
/// The first day of a unit.
Day FirstDayOf(CalendarUnit unit, std::int64_t number);

}  // namespace cdp::behavior
