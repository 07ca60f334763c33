#include "core/behavior/funnel_rules.h"

#include <string>

namespace cdp::behavior {

namespace {

/// More days than there are, and as months no overflow.
constexpr std::int64_t kForEver = std::int64_t{1} << 32;

}  // namespace

FunnelEntry ParseFunnelEntry(std::string_view word) {
  if (word == "latest") return FunnelEntry::kLatest;
  if (word == "first") return FunnelEntry::kFirst;
  if (word == "every") return FunnelEntry::kEvery;
  throw Error(ErrorCode::kInvalidArgument,
              "entry \"" + std::string(word) + "\" of a funnel does not exist", {},
              "Use \"latest\", \"first\" or \"every\".");
}

FunnelWindow::FunnelWindow(CalendarUnit unit, std::int64_t units, Zone zone)
    : unit_(unit), units_(std::min(units, kForEver)), zone_(zone) {
  if (units < 1) {
    throw Error(ErrorCode::kInvalidArgument, "window of a funnel has no unit of its calendar",
                "It counts whole days, weeks or months; that of the first step is one of them.");
  }
}

Micros FunnelWindow::StartOf(std::int64_t unit_number) {
  const Day day = FirstDayOf(unit_, unit_number);
  // Behind all that can be told there is no end.
  constexpr Day kEnd = INT64_MAX / kMicrosPerDay - 3;
  return day > kEnd ? INT64_MAX : zone_.StartOfDay(day);
}

Micros FunnelWindow::LastInstant(Micros start) {
  if (units_ == 0) {
    return Elapsed(start, INT64_MAX) < micros_ ? INT64_MAX : static_cast<Micros>(start + micros_);
  }
  if (start < from_ || start >= to_) {
    // Where clocks go back over midnight a date can come again; a day begins but once.
    Day day = zone_.DayOf(start);
    if (start < zone_.StartOfDay(day)) --day;
    const std::int64_t unit = UnitOf(unit_, day);
    from_ = StartOf(unit);
    to_ = StartOf(unit + 1);
    const Micros end = StartOf(unit + units_);
    last_ = end == INT64_MAX ? end : end - 1;
  }
  return last_;
}

}  // namespace cdp::behavior
