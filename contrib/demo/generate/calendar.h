#pragma once

#include <string>

namespace cdp::demo {

/// Times are whole seconds since Monday 2024-12-02 00:00 in Shanghai (+08, no summer time), so that
/// `t / kDay` and `t / kWeek` are the local day and the local ISO week.
constexpr int kMinute = 60;
constexpr int kHour = 3600;
constexpr int kDay = 86400;
constexpr int kWeek = 7 * kDay;

/// The data end with June 2025, at midnight; nothing happens at or after kAsOf.
constexpr int kLastDay = 210;                 // 2025-06-30
constexpr int kAsOf = (kLastDay + 1) * kDay;  // 2025-07-01 00:00
constexpr int kTagDays = 180;
constexpr int kTagFrom = kAsOf - kTagDays * kDay;  // 2025-01-02 00:00

/// The campaign of the funnel: June 2025, chains of at most seven days.
constexpr int kCampaignDay = 181;  // 2025-06-01
constexpr int kCampaignFrom = kCampaignDay * kDay;
constexpr int kFunnelWindow = 7 * kDay;

/// The cohorts: people by the week of their first registration, 2025-02-03 and seven more.
constexpr int kCohortFirstWeek = 9;
constexpr int kCohortWeeks = 8;
constexpr int kCohortPeriods = 9;  // calendar weeks +0 to +8
constexpr int kCohortFromDay = kCohortFirstWeek * 7;
constexpr int kCohortToDay = kCohortFromDay + kCohortWeeks * 7;

/// A cart counts as left when no payment follows within this time, the end included.
constexpr int kCartWindow = 30 * kMinute;

/// "2025-06-18": the date of a day counted from the start; also works for kLastDay + 1.
const std::string& DateOf(int day);

/// Appends "2025-06-18 20:00:03+08".
void AppendTime(std::string& out, int t);
std::string TimeText(int t);

}  // namespace cdp::demo
