#include "core/behavior/timeline_distribution.h"

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
using Numbers = std::map<std::int64_t, std::int64_t>;

/// By its definition.
std::optional<std::int64_t> Measured(const oracle::Events& events,
                                     const std::vector<std::int32_t>* codes,
                                     const DistributionQuestion& question) {
  Zone zone = question.zone;
  std::int64_t times = 0;
  std::int64_t sum = 0;
  bool has_value = false;
  std::set<std::int64_t> days;
  std::set<std::int64_t> hours;
  for (const auto& event : events) {
    if (codes != nullptr && std::count(codes->begin(), codes->end(), event.code) == 0) continue;
    if (event.at < question.period.from || event.at >= question.period.to) continue;
    ++times;
    sum += event.value.value_or(0);
    has_value |= event.value.has_value();
    days.insert(zone.DayOf(event.at));
    hours.insert(zone.HourOf(event.at));
  }
  switch (question.measure) {
    case Measure::kTimes:
      return times == 0 ? std::nullopt : std::optional(times);
    case Measure::kDays:
      return times == 0 ? std::nullopt : std::optional<std::int64_t>(days.size());
    case Measure::kHours:
      return times == 0 ? std::nullopt : std::optional<std::int64_t>(hours.size());
    default:
      return has_value ? std::optional(sum) : std::nullopt;
  }
}

TEST(TimelineDistributionProperty, CountsAsAMapDoes) {
  std::mt19937_64 rng(20250631);
  std::pmr::monotonic_buffer_resource arena;
  for (int round = 0; round < kRounds / 4; ++round) {
    const bool all = rng() % 3 == 0;
    const std::vector<std::int32_t> chosen = {0, 128};
    const timeline::CodeSet codes(chosen, kMemory);
    const auto hours = static_cast<std::int64_t>(rng() % 27) - 12;
    DistributionQuestion question{.codes = all ? nullptr : &codes,
                                  .measure = static_cast<Measure>(rng() % 4),
                                  .zone = Zone(FindMovingClocks, &hours)};
    const auto instant = [&rng] {
      return (static_cast<std::int64_t>(rng() % 200) - 100) * kMicrosPerHour / 2;
    };
    if (rng() % 3 != 0) question.period.from = instant();
    if (rng() % 3 != 0) question.period.to = instant();
    arena.release();
    TallyTable tally({TallyKind::kDistribution, kDistributionParts, false, 7}, &arena);
    Numbers slow;
    std::int64_t users = 0;
    for (int person = 0; person < 4; ++person) {
      oracle::Events events(rng() % 200 == 0 ? rng() % 600 : rng() % 10);
      for (auto& event : events) {
        event.at = instant();
        event.code = static_cast<std::int32_t>(rng() % 4) * 64;
        if (rng() % 2 == 0) event.value = static_cast<std::int64_t>(rng()) >> (8 + rng() % 56);
      }
      events = oracle::Sorted(events);
      const auto image = timeline::Write(events);
      const auto number = Measured(events, all ? nullptr : &chosen, question);
      ASSERT_EQ(MeasureOf(timeline::View(image), &question), number) << "round " << round;
      CountDistribution(timeline::View(image), &question, &tally);
      if (!number) continue;
      ++slow[*number];
      ++users;
    }
    const auto sealed = SealTally(tally, kMemory);
    const auto each = DistributionOf(TallyView(sealed), std::nullopt, kMemory);
    ASSERT_EQ(each.size(), slow.size()) << "round " << round;
    std::size_t i = 0;
    for (const auto& [number, count] : slow) {
      ASSERT_EQ(each[i].from, number) << "round " << round;
      ASSERT_EQ(each[i].users, count) << "round " << round;
      ASSERT_EQ(each[i].all, users) << "round " << round;
      ++i;
    }
    const std::vector<std::int64_t> edges = {-1'000'000, 1, 2, 5};
    const auto bins = DistributionOf(TallyView(sealed), std::span(edges), kMemory);
    ASSERT_EQ(bins.size(), edges.size());
    for (const DistributionBin& bin : bins) {
      std::int64_t expected = 0;
      for (const auto& [number, count] : slow) {
        if (number >= bin.from && (!bin.to || number < *bin.to)) expected += count;
      }
      ASSERT_EQ(bin.users, expected) << "round " << round;
      ASSERT_EQ(bin.all, users) << "round " << round;
    }
  }
}

TEST(TimelineDistribution, RefusesWhatMakesNoSense) {
  EXPECT_THROW(ParseMeasure("visits"), Error);
  std::pmr::monotonic_buffer_resource arena;
  TallyTable tally({TallyKind::kDistribution, kDistributionParts, false, 7}, &arena);
  const auto sealed = SealTally(tally, kMemory);
  for (const std::vector<std::int64_t>& edges : {std::vector<std::int64_t>{}, {1, 1}, {2, 1}}) {
    EXPECT_THROW(DistributionOf(TallyView(sealed), std::span(edges), kMemory), Error);
  }
}

}  // namespace
}  // namespace cdp::behavior
