#include "core/behavior/calendar.h"

#include <string>

#include "core/base/error.h"

namespace cdp::behavior {
namespace {

constexpr std::int64_t FloorDiv(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

// 2000-01-03 was a Monday.
constexpr Day kSomeMonday = 2;

// Months count from March of year 0, so that a leap day ends a year; 2000-03-01 is day 60.
constexpr Day kDaysPer400Years = 146097;
constexpr Day kMarch2000 = 60;
constexpr std::int64_t kMonthsPer400Years = 4800;

// Days from the first of March to the first of the month that comes `month` months later.
constexpr Day DaysBeforeMonth(std::int64_t month) { return (153 * month + 2) / 5; }

}  // namespace

CalendarUnit ParseUnit(std::string_view word) {
  if (word == "day") return CalendarUnit::kDay;
  if (word == "week") return CalendarUnit::kWeek;
  if (word == "month") return CalendarUnit::kMonth;
  throw Error(ErrorCode::kInvalidArgument, "unit \"" + std::string(word) + "\" does not exist", {},
              "Use \"day\", \"week\" or \"month\".");
}

std::int64_t UnitOf(CalendarUnit unit, Day day) {
  if (unit == CalendarUnit::kDay) return day;
  if (unit == CalendarUnit::kWeek) return FloorDiv(day - kSomeMonday, 7);
  const Day since = day - kMarch2000;
  const std::int64_t era = FloorDiv(since, kDaysPer400Years);
  const Day of_era = since - era * kDaysPer400Years;
  const std::int64_t year =
      (of_era - of_era / 1460 + of_era / 36524 - of_era / (kDaysPer400Years - 1)) / 365;
  const Day of_year = of_era - (365 * year + year / 4 - year / 100);
  return era * kMonthsPer400Years + year * 12 + (5 * of_year + 2) / 153;
}

Day FirstDayOf(CalendarUnit unit, std::int64_t number) {
  if (unit == CalendarUnit::kDay) return number;
  if (unit == CalendarUnit::kWeek) return kSomeMonday + 7 * number;
  const std::int64_t era = FloorDiv(number, kMonthsPer400Years);
  const std::int64_t of_era = number - era * kMonthsPer400Years;
  const std::int64_t year = of_era / 12;
  return kMarch2000 + era * kDaysPer400Years + 365 * year + year / 4 - year / 100 +
         DaysBeforeMonth(of_era % 12);
}

}  // namespace cdp::behavior
