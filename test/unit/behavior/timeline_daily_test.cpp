#include "core/behavior/timeline_daily.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "unit/behavior/moving_clocks.h"
#include "unit/behavior/rounds.h"
#include "unit/timeline/random_events.h"

namespace cdp::behavior {
namespace {

auto* const kMemory = std::pmr::new_delete_resource();

TEST(TimelineDailyProperty, CountsAsAMapDoes) {
  std::mt19937_64 rng(20250501);
  auto before = timeline::Write({});
  for (int round = 0; round < kRounds; ++round) {
    oracle::Events events(rng() % 150 == 0 ? rng() % 600 : rng() % 14);
    for (auto& event : events) {
      event.at = (static_cast<std::int64_t>(rng() % 200) - 100) * kMicrosPerHour / 2;
      event.code = static_cast<std::int32_t>(rng() % 4) * (round % 2 == 0 ? 64 : 256);
      if (rng() % 3 != 0) event.properties[0] = static_cast<std::int32_t>(rng() % 4) - 1;
      if (rng() % 9 == 0) event.properties[1] = static_cast<std::int32_t>(rng());
    }
    events = oracle::Sorted(events);
    const auto image = timeline::Write(events);
    const bool all = rng() % 2 == 0;
    const std::vector<std::int32_t> chosen = {0, 128, 512};
    const timeline::CodeSet codes(chosen, kMemory);
    const auto hours = static_cast<std::int64_t>(rng() % 27) - 12;
    DailyQuestion question{all ? nullptr : &codes, static_cast<int>(rng() % 4), {}};
    if (rng() % 3 != 0) question.zone = Zone(FindMovingClocks, &hours);
    Zone zone = question.zone;
    std::map<std::pair<std::int64_t, std::optional<std::int32_t>>, std::int64_t> slow;
    for (const auto& event : events) {
      if (!all && event.code != 0 && event.code != 128 && event.code != 512) continue;
      const auto key = question.property == 0 ? std::optional(event.code)
                                              : event.properties[question.property - 1];
      ++slow[{zone.DayOf(event.at), key}];
    }
    // One question is asked of many timelines.
    DailyCells(timeline::View(before), &question, kMemory);
    before = image;
    const auto cells = DailyCells(timeline::View(image), &question, kMemory);
    ASSERT_EQ(cells.size(), slow.size()) << "round " << round;
    std::size_t i = 0;
    for (const auto& [key, count] : slow) {
      ASSERT_EQ(cells[i].day, key.first) << "round " << round;
      ASSERT_EQ(cells[i].key, key.second) << "round " << round;
      ASSERT_EQ(cells[i].events, count) << "round " << round;
      ++i;
    }
    TallyTable tally({TallyKind::kDays, kDailyParts, true, 7}, kMemory);
    CountDaily(timeline::View(image), &question, &tally, kMemory);
    const auto sealed = SealTally(tally, kMemory);
    const TallyView rows(sealed);
    ASSERT_EQ(rows.size(), slow.size()) << "round " << round;
    for (i = 0; i < rows.size(); ++i) {
      const TallyRow row = rows.At(i);
      const auto key = row.key[1] != 0 ? std::optional(row.key[2]) : std::nullopt;
      ASSERT_EQ(row.count, 1);
      ASSERT_EQ(row.total, slow.at({row.key[0], key})) << "round " << round;
    }
    kMemory->deallocate(tally.block(), tally.size(), 8);
  }
}

TEST(TimelineDaily, RefusesProperties) {
  for (const int property : {-1, 5}) {
    EXPECT_THROW(CheckDaily({nullptr, property, {}}), Error);
  }
  EXPECT_NO_THROW(CheckDaily({nullptr, 4, {}}));
}

}  // namespace
}  // namespace cdp::behavior
