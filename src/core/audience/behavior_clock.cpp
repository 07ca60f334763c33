#include "core/audience/behavior_clock.h"

#include <algorithm>
#include <string>

#include "core/audience/rule_range.h"

namespace cdp::audience {
namespace {

using timeline::Period;

/// No event comes before the first of these days, or on the last.
constexpr Day kFirstDay = timeline::kMinInstant / kMicrosPerDay;
constexpr Day kEndDay = timeline::kEndInstant / kMicrosPerDay;

constexpr std::int64_t kMicrosPerSecond = 1'000'000;

int TwoDigits(std::string_view text, std::size_t at) {
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

}  // namespace

Micros ShownIn(std::string_view time) {
  const std::string date(time.substr(0, 10));
  Micros shown = *DayOf(Value{ValueKind::kTime, date}, 0) * kMicrosPerDay;
  if (time.size() > 10) {
    const int minutes = TwoDigits(time, 11) * 60 + TwoDigits(time, 14);
    shown += (minutes * 60 + TwoDigits(time, 17)) * kMicrosPerSecond;
  }
  return shown;
}

std::int64_t MicrosOf(Duration duration) {
  constexpr std::int64_t kSeconds[] = {1, 60, 3600, 86400, 7 * 86400};
  return duration.amount * kSeconds[static_cast<int>(duration.unit)] * kMicrosPerSecond;
}

Period Clock::InstantsOf(Day day) const {
  Period period;
  if (day >= kEndDay) return {INT64_MAX, INT64_MAX};
  if (day < kFirstDay) return {INT64_MIN, INT64_MIN};
  if (day > kFirstDay) period.from = zone_->StartOfDay(day);
  if (day < kEndDay - 1) period.to = zone_->StartOfDay(day + 1);
  return period;
}

Micros Clock::Shifted(Duration shift) const {
  const std::int64_t by = MicrosOf(shift);
  constexpr Micros kLast = kEndDay * kMicrosPerDay - 1;
  return by > 0 && now_ > kLast - by ? kLast : now_ + by;
}

Period Clock::InstantsOf(const Value& time) const {
  if (const auto day = DayOf(time, today_)) return InstantsOf(*day);
  const Micros at =
      time.kind == ValueKind::kTime ? zone_->InstantOf(ShownIn(time.text)) : Shifted(time.shift);
  return {at, at + 1};
}

Period Clock::ShownOf(const Value& time) const {
  if (const auto day = DayOf(time, today_)) {
    const Day known = std::clamp(*day, kFirstDay, kEndDay - 1);
    return {known * kMicrosPerDay, (known + 1) * kMicrosPerDay};
  }
  const Micros at =
      time.kind == ValueKind::kTime ? ShownIn(time.text) : zone_->LocalAt(Shifted(time.shift));
  return {at, at + 1};
}

Period Clock::PeriodOf(const Window& window) const {
  Period period;
  if (const auto days = DaysOf(window, today_)) {
    if (days->from != INT64_MIN) period.from = InstantsOf(days->from).from;
    if (days->to != INT64_MAX) period.to = InstantsOf(days->to).to;
    return period;
  }
  if (window.last.amount != 0) return {now_ - MicrosOf(window.last), now_ + 1};
  if (window.from) period.from = InstantsOf(*window.from).from;
  if (window.to) period.to = InstantsOf(*window.to).to;
  return period;
}

}  // namespace cdp::audience
