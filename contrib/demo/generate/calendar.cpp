#include "calendar.h"

#include <chrono>
#include <cstdio>
#include <vector>

namespace cdp::demo {
namespace {

std::vector<std::string> AllDates() {
  using namespace std::chrono;
  std::vector<std::string> dates;
  for (int day = 0; day <= kLastDay + 1; ++day) {
    const year_month_day date{sys_days{2024y / December / 2} + days{day}};
    char text[16];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    dates.emplace_back(text);
  }
  return dates;
}

void AppendTwoDigits(std::string& out, int value) {
  out += static_cast<char>('0' + value / 10);
  out += static_cast<char>('0' + value % 10);
}

}  // namespace

const std::string& DateOf(int day) {
  static const std::vector<std::string> dates = AllDates();
  return dates.at(static_cast<std::size_t>(day));
}

void AppendTime(std::string& out, int t) {
  out += DateOf(t / kDay);
  const int second = t % kDay;
  out += ' ';
  AppendTwoDigits(out, second / kHour);
  out += ':';
  AppendTwoDigits(out, second / kMinute % 60);
  out += ':';
  AppendTwoDigits(out, second % kMinute);
  out += "+08";
}

std::string TimeText(int t) {
  std::string text;
  AppendTime(text, t);
  return text;
}

}  // namespace cdp::demo
