#include "check_behavior.h"

#include <algorithm>
#include <array>
#include <set>

namespace cdp::demo {
namespace {

using Event = CheckedRows::Event;
using Counts = std::map<std::string, std::int64_t>;

constexpr std::array<const char*, 6> kStepNames{"follow",      "register",     "view_item",
                                                "add_to_cart", "submit_order", "pay"};

// The definitions, read from the facts themselves.
struct Given {
  explicit Given(const Facts& facts)
      : as_of(ParseTime(facts.at("as_of"))),
        last_day(ParseDate(facts.at("last_day"))),
        tag_from(ParseTime(facts.at("tag_from"))),
        cart_window(std::stoll(facts.at("cart_window_minutes")) * 60),
        funnel_from(ParseTime(facts.at("funnel_from"))),
        funnel_to(ParseTime(facts.at("funnel_to"))),
        funnel_window(std::stoll(facts.at("funnel_window_days")) * 86400),
        cohort_from(ParseDate(facts.at("cohort_from"))),
        cohort_to(ParseDate(facts.at("cohort_to"))) {}
  std::int64_t as_of, last_day, tag_from, cart_window, funnel_from, funnel_to, funnel_window,
      cohort_from, cohort_to;
};

// Of local seconds.
std::int64_t Day(std::int64_t at) { return at / 86400; }

// For every follow the steps are looked for one after the other, each at its earliest time.
int Depth(const std::vector<Event>& events, const Given& given) {
  int best = 0;
  for (const Event& start : events) {
    if (start.name != kStepNames[0]) continue;
    int depth = 1;
    std::int64_t now = start.at;
    for (bool found = true; found && depth < 6;) {
      found = false;
      std::int64_t earliest = start.at + given.funnel_window;
      for (const Event& event : events) {
        if (event.name == kStepNames[static_cast<std::size_t>(depth)] && event.at >= now &&
            event.at <= earliest) {
          earliest = event.at;
          found = true;
        }
      }
      now = earliest;
      if (found) ++depth;
    }
    best = std::max(best, depth);
  }
  return best;
}

void CountFunnel(const std::vector<Event>& all, const Given& given, Counts& counts) {
  std::vector<Event> events;
  const Event* first = nullptr;
  for (const Event& event : all) {
    if (event.at >= given.funnel_from && event.at < given.funnel_to) events.push_back(event);
  }
  for (const Event& event : events) {
    if (event.name == "follow" && (first == nullptr || event.at < first->at)) first = &event;
  }
  if (first == nullptr) return;
  for (int step = 1; step <= Depth(events, given); ++step) {
    ++counts["funnel " + first->channel + " " + std::to_string(step)];
    ++counts["funnel_step_" + std::to_string(step)];
  }
}

void CountCohort(const std::vector<Event>& events, const Given& given, Counts& counts) {
  constexpr std::int64_t kWeekSeconds = 7 * 86400;
  std::int64_t registered = -1;
  std::set<std::int64_t> weeks;
  const auto week_of = [&](std::int64_t at) {
    const std::int64_t seconds = at - given.cohort_from;
    return seconds / kWeekSeconds - (seconds % kWeekSeconds < 0);
  };
  for (const Event& event : events) {
    if (event.name == "pay") weeks.insert(week_of(event.at));
    if (event.name == "register" && (registered < 0 || event.at < registered)) {
      registered = event.at;
    }
  }
  if (registered < given.cohort_from || registered >= given.cohort_to) return;
  const std::string cohort = std::to_string(week_of(registered));
  ++counts["cohort_size " + cohort];
  for (int period = 0; period < 9; ++period) {
    if (weeks.count(week_of(registered) + period) > 0) {
      ++counts["cohort " + cohort + " " + std::to_string(period)];
    }
  }
}

void CountTags(const std::vector<Event>& events, const Given& given, Counts& counts) {
  int orders = 0;
  std::int64_t cents = 0;
  bool left_cart = false;
  std::set<std::string> channels;
  for (const Event& event : events) {
    channels.insert(event.channel);
    if (event.name == "pay" && event.at >= given.tag_from && event.at < given.as_of) {
      ++orders;
      cents += event.cents;
    }
    if (event.name == "add_to_cart" && event.at >= given.last_day && event.at < given.as_of) {
      left_cart |= std::none_of(events.begin(), events.end(), [&](const Event& pay) {
        return pay.name == "pay" && pay.at >= event.at && pay.at <= event.at + given.cart_window;
      });
    }
  }
  for (const std::string& channel : channels) ++counts["channel_people_" + channel];
  if (left_cart) ++counts["left_cart"];
  if (orders == 0) return;
  ++counts[orders >= 6 ? "order_freq_high" : orders >= 3 ? "order_freq_medium" : "order_freq_low"];
  ++counts[cents >= 300000   ? "pay_power_strong"
           : cents >= 100000 ? "pay_power_medium"
                             : "pay_power_weak"];
  if (orders >= 6 && cents >= 300000) {
    ++counts["vip"];
    counts["vip_cents"] += cents;
    if (left_cart) ++counts["flagship"];
  }
  std::int64_t last = 0;
  for (const Event& event : events) {
    if (event.name == "pay") last = std::max(last, event.at);
  }
  const bool lately = Day(given.as_of) - Day(last) <= 30;
  const std::string money = cents >= 100000 ? "rfm_important_" : "rfm_general_";
  ++counts[money + (lately && orders >= 3 ? "value"
                    : lately              ? "develop"
                    : orders >= 3         ? "keep"
                                          : "win_back")];
}

void CountLifecycle(const std::vector<Event>& events, const Given& given, Counts& counts) {
  std::set<std::int64_t> days;
  for (const Event& event : events) {
    if (event.name == "pay") days.insert(Day(event.at));
  }
  if (days.empty()) return;
  const std::int64_t today = Day(given.as_of);
  ++counts[*days.begin() >= today - 30     ? "lifecycle_new"
           : *days.rbegin() >= today - 60  ? "lifecycle_active"
           : *days.rbegin() >= today - 120 ? "lifecycle_silent"
                                           : "lifecycle_lapsed"];
}

}  // namespace

Counts CountBehavior(const CheckedRows& rows, const std::vector<int>& person, const Facts& facts) {
  const Given given(facts);
  Counts counts;
  std::map<int, std::vector<Event>> of_person;
  for (const Event& event : rows.events) {
    const int who = person[static_cast<std::size_t>(event.id)];
    if (who < 0) {
      ++counts["event_without_person"];
    } else {
      of_person[who].push_back(event);
    }
  }
  for (const auto& [who, events] : of_person) {
    CountFunnel(events, given, counts);
    CountCohort(events, given, counts);
    CountTags(events, given, counts);
    CountLifecycle(events, given, counts);
  }
  return counts;
}

}  // namespace cdp::demo
