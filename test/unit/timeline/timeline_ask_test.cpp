#include "core/timeline/timeline_ask.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "unit/timeline/random_events.h"

namespace cdp::timeline {
namespace {

/// Clocks that go back and forth by an hour every hundred hours, and once by a whole day.
ZoneStretch FindStretch(const void*, Micros at) {
  constexpr std::int64_t kPeriod = 100 * kMicrosPerHour;
  const std::int64_t period = FloorDivide(at, kPeriod);
  const std::int64_t hours = (period % 2 == 0 ? 5 : 6) - (period > 40 ? 24 : 0);
  return {period * kPeriod, (period + 1) * kPeriod, hours * kMicrosPerHour};
}

std::int64_t OffsetAt(Micros at) { return FindStretch(nullptr, at).offset; }

oracle::Events With(const oracle::Events& events, const std::vector<std::int32_t>* codes) {
  oracle::Events kept;
  for (const auto& event : events) {
    if (codes == nullptr || std::count(codes->begin(), codes->end(), event.code) != 0) {
      kept.push_back(event);
    }
  }
  return kept;
}

TEST(TimelineAskProperty, AgreesWithTheEvents) {
  std::mt19937_64 rng(20250720);
  for (int round = 0; round < kRounds / 4; ++round) {
    oracle::Events events = RandomEvents(rng);
    // Near each other and near the changes of the clocks, in every other round.
    if (round % 2 == 0) {
      const std::int64_t reach = 1 + static_cast<std::int64_t>(rng() % (50 * kMicrosPerDay));
      for (auto& event : events) {
        event.at = static_cast<std::int64_t>(rng() % static_cast<std::uint64_t>(reach)) +
                   150 * kMicrosPerDay;
      }
      events = oracle::Sorted(events);
    }
    const auto image = Write(events);
    const View view(image);

    std::vector<std::int32_t> codes;
    for (std::uint64_t i = rng() % 4; i > 0; --i) {
      codes.push_back(!events.empty() && rng() % 4 != 0
                          ? events[rng() % events.size()].code
                          : static_cast<std::int32_t>(rng() >> (33 + rng() % 31)));
    }
    const CodeSet set(codes, std::pmr::get_default_resource());
    const bool all = rng() % 4 == 0;
    const CodeSet* const wanted = all ? nullptr : &set;
    const oracle::Events kept = With(events, all ? nullptr : &codes);

    ASSERT_EQ(CountOf(view, wanted), kept.size()) << "round " << round;
    const auto first = FirstOf(view, wanted);
    const auto last = LastOf(view, wanted);
    ASSERT_EQ(first.has_value(), !kept.empty()) << "round " << round;
    ASSERT_EQ(last.has_value(), !kept.empty()) << "round " << round;
    if (!kept.empty()) {
      ASSERT_EQ(*first, kept.front().at) << "round " << round;
      ASSERT_EQ(*last, kept.back().at) << "round " << round;
    }

    __int128 total = 0;
    bool any = false;
    std::set<std::int64_t> days;
    std::set<std::int64_t> hours;
    std::set<std::int32_t> distinct;
    for (const auto& event : kept) {
      if (event.value) total += *event.value;
      any = any || event.value;
      const std::int64_t offset = OffsetAt(event.at);
      days.insert(FloorDivide(event.at + offset, kMicrosPerDay));
      hours.insert(FloorDivide(event.at + offset, kMicrosPerHour) * kMicrosPerHour - offset);
    }
    for (const auto& event : events) distinct.insert(event.code);
    Zone zone(FindStretch, nullptr);
    ASSERT_EQ(DaysOf(view, wanted, &zone), days.size()) << "round " << round;
    ASSERT_EQ(HoursOf(view, wanted, &zone), hours.size()) << "round " << round;
    const auto listed = CodesOf(view, std::pmr::get_default_resource());
    ASSERT_TRUE(std::equal(listed.begin(), listed.end(), distinct.begin(), distinct.end()))
        << "round " << round;
    if (total < INT64_MIN || total > INT64_MAX) {
      ASSERT_THROW(SumOf(view, wanted), Error) << "round " << round;
      continue;
    }
    const auto sum = SumOf(view, wanted);
    ASSERT_EQ(sum.has_value(), any) << "round " << round;
    if (any) {
      ASSERT_EQ(*sum, static_cast<std::int64_t>(total)) << "round " << round;
    }
  }
}

TEST(CodeSet, RefusesNegativeCodes) {
  const std::int32_t codes[] = {1, -5};
  try {
    const CodeSet set(codes, std::pmr::get_default_resource());
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "event code -5 is negative");
  }
}

}  // namespace
}  // namespace cdp::timeline
