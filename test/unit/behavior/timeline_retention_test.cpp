#include "core/behavior/timeline_retention.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "core/behavior/cohort_retention.h"
#include "oracle/behavior_retention.h"
#include "unit/behavior/moving_clocks.h"
#include "unit/behavior/rounds.h"
#include "unit/timeline/random_events.h"

namespace cdp::behavior {
namespace {

auto* const kMemory = std::pmr::new_delete_resource();

/// A random question and people to ask it of.
struct Case {
  std::int64_t hours;
  std::vector<std::int32_t> edges;
  std::uint64_t does[3];  ///< of the codes 0, 1 and 300
  bool every_starts;
  bool every_returns;
  RetentionQuestion rule;
  bool own_days;
  std::vector<oracle::Events> people;
  std::optional<timeline::Period> started = {};

  TimelineRetention Question() const {
    CodeMasks codes(kMemory);
    for (int i = 0; i < 3; ++i) {
      for (int bit = 0; bit < 2; ++bit) {
        if ((does[i] >> bit & 1) != 0) codes.Add(i == 2 ? 300 : i, bit);
      }
    }
    RetentionQuestion asked = rule;
    asked.edges = edges;
    if (rule.kind != RetentionKind::kBracket) asked.edges = {};
    return {(every_starts ? kStarts : 0) | (every_returns ? kReturns : 0),
            std::move(codes),
            asked,
            own_days,
            Zone(FindMovingClocks, &hours),
            started};
  }

  std::uint64_t DoesOf(std::int32_t code) const {
    return does[code == 300 ? 2 : code] | (every_starts ? kStarts : 0) |
           (every_returns ? kReturns : 0);
  }

  /// What a person did, day by day.
  std::vector<oracle::DayDeed> DeedsOf(const oracle::Events& events) const {
    Zone zone(FindMovingClocks, &hours);
    std::optional<Micros> start;
    for (const auto& event : events) {
      if ((DoesOf(event.code) & kStarts) != 0 && !start) start = event.at;
    }
    std::vector<oracle::DayDeed> deeds;
    for (const auto& event : events) {
      const std::uint64_t done = DoesOf(event.code);
      if (done == 0 || (own_days && (!start || event.at < *start))) continue;
      const std::int64_t day = own_days ? zone.DayOf(*start) + (event.at - *start) / kMicrosPerDay
                                        : zone.DayOf(event.at);
      deeds.push_back({day, (done & kStarts) != 0, (done & kReturns) != 0});
    }
    return deeds;
  }
};

Case RandomCase(std::mt19937_64& rng) {
  Case made{};
  made.hours = static_cast<std::int64_t>(rng() % 27) - 12;
  made.own_days = rng() % 3 == 0;
  made.every_starts = rng() % 6 == 0;
  made.every_returns = rng() % 3 == 0;
  for (auto& does : made.does) does = rng() % 4;
  made.rule.kind = static_cast<RetentionKind>(rng() % 3);
  made.rule.unit = static_cast<CalendarUnit>(rng() % 3);
  made.rule.recurring = rng() % 2 == 0;
  if (made.rule.kind == RetentionKind::kBracket) {
    std::int32_t edge = static_cast<std::int32_t>(rng() % 3);
    for (std::uint64_t n = 2 + rng() % 3; n > 0; --n) {
      made.edges.push_back(edge);
      edge += static_cast<std::int32_t>(1 + rng() % 3);
    }
  } else {
    made.rule.periods = static_cast<int>(rng() % 5);
  }
  const std::int64_t span = rng() % 40 == 0                        ? 4000
                            : made.rule.unit == CalendarUnit::kDay ? 12
                                                                   : 200;
  made.people.resize(1 + rng() % 3);
  for (auto& events : made.people) {
    events.resize(rng() % 400 == 0 ? rng() % 600 : rng() % 7);
    for (auto& event : events) {
      // Half days: often at the same instant, and a start's own days end in between.
      event.at = (static_cast<std::int64_t>(rng() % span) - span / 2) * kMicrosPerDay / 2 +
                 (rng() % 4 == 0 ? kMicrosPerHour : 0);
      event.code = static_cast<std::int32_t>(rng() % 3);
      if (event.code == 2) event.code = 300;
    }
    events = oracle::Sorted(events);
  }
  return made;
}

std::pmr::vector<std::byte> TallyOf(const Case& asked) {
  TimelineRetention question = asked.Question();
  const TallyShape shape{TallyKind::kRetention, kRetentionParts, false, 42};
  std::pmr::monotonic_buffer_resource arena;
  TallyTable tally(shape, &arena);
  TallyTable other(shape, &arena);
  for (std::size_t i = 0; i < asked.people.size(); ++i) {
    const auto image = timeline::Write(asked.people[i]);
    CountRetention(timeline::View(image), &question, i % 2 == 0 ? &tally : &other, kMemory);
  }
  tally.Merge(SealTally(other, kMemory));
  return SealTally(tally, kMemory);
}

TEST(TimelineRetentionProperty, CountsWhatTheDefinitionSays) {
  std::mt19937_64 rng(20250611);
  std::uint64_t returned = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Case asked = RandomCase(rng);
    TimelineRetention question = asked.Question();
    const RetentionQuestion& rule = question.rule;
    const auto unit_of = [&rule](std::int64_t day) { return UnitOf(rule.unit, day); };
    std::vector<oracle::Retained> people;
    for (const auto& events : asked.people) {
      people.emplace_back(asked.DeedsOf(events), rule.recurring, unit_of);
    }
    const auto sealed = TallyOf(asked);
    const auto matrix = RetentionOf(TallyView(sealed), std::nullopt, kMemory);
    for (const RetentionCell& cell : matrix) {
      const std::int64_t cohort = UnitOf(rule.unit, cell.cohort);
      std::size_t n = 0;
      while (rule.PeriodAt(n) != cell.period) ++n;
      const auto range = rule.RangeAt(n);
      std::uint64_t size = 0;
      std::uint64_t users = 0;
      for (const auto& person : people) {
        size += person.IsIn(cohort) ? 1 : 0;
        users += person.CameBack(cohort, range.first, range.last) ? 1 : 0;
      }
      ASSERT_EQ(cell.size, size) << "round " << round;
      ASSERT_EQ(cell.users, users) << "round " << round;
      returned += users;
    }
    // Of one person: the bits of the first cohort.
    const auto image = timeline::Write(asked.people[0]);
    const auto bits = RetentionBits(timeline::View(image), &question, kMemory);
    const auto deeds = asked.DeedsOf(asked.people[0]);
    std::optional<std::int64_t> first;
    for (const auto& deed : deeds) {
      if (deed.starts && (!first || deed.day < *first)) first = deed.day;
    }
    ASSERT_EQ(bits.has_value(), first.has_value()) << "round " << round;
    if (!bits) continue;
    const oracle::Retained person(deeds, false, unit_of);
    for (std::size_t cell = 0; cell < rule.cells(); ++cell) {
      const auto range = rule.RangeAt(cell);
      ASSERT_EQ((*bits)[cell], person.CameBack(unit_of(*first), range.first, range.last))
          << "round " << round << " cell " << cell;
    }
  }
  EXPECT_GT(returned, static_cast<std::uint64_t>(kRounds));
}

TEST(TimelineRetentionProperty, WhatWasBeforeTheFirstStartCanCountForNothing) {
  std::mt19937_64 rng(20250613);
  for (int round = 0; round < kRounds / 10; ++round) {
    Case asked = RandomCase(rng);
    Case cut = asked;
    asked.started = timeline::Period{};
    const auto moment = [&rng] { return (static_cast<Micros>(rng() % 200) - 100) * kMicrosPerDay; };
    if (rng() % 2 == 0) asked.started->from = moment();
    if (rng() % 2 == 0) asked.started->to = moment();
    for (oracle::Events& events : cut.people) {
      const auto start = std::find_if(events.begin(), events.end(), [&](const auto& event) {
        return (asked.DoesOf(event.code) & kStarts) != 0;
      });
      if (start == events.end() || !asked.started->Holds(start->at)) {
        events.clear();
        continue;
      }
      const Micros begin = start->at;
      std::erase_if(events, [begin](const auto& event) { return event.at < begin; });
    }
    ASSERT_EQ(TallyOf(asked), TallyOf(cut)) << "round " << round;
  }
}

TEST(TimelineRetentionProperty, IsTheMatrixOfTheSameActivity) {
  std::mt19937_64 rng(20250612);
  for (int round = 0; round < kRounds / 12; ++round) {
    const Case asked = RandomCase(rng);
    Activity activity(kMemory);
    for (std::size_t user = 0; user < asked.people.size(); ++user) {
      for (const auto& deed : asked.DeedsOf(asked.people[user])) {
        activity.Add(static_cast<std::uint32_t>(user), static_cast<std::int32_t>(deed.day),
                     deed.starts ? deed.returns ? Did::kBoth : Did::kStart : Did::kReturn);
      }
    }
    std::vector<std::byte> image(activity.ImageSize());
    activity.WriteImage(image.data());
    const TimelineRetention question = asked.Question();
    RetentionQuestion rule = question.rule;
    if (rng() % 2 == 0) rule.until = static_cast<Day>(rng() % 80) - 40;
    const auto expected = CohortRetention(ActivityView(image), rule, kMemory).Matrix();
    const auto sealed = TallyOf(asked);
    const auto matrix = RetentionOf(TallyView(sealed), rule.until, kMemory);
    ASSERT_EQ(matrix.size(), expected.size()) << "round " << round;
    for (std::size_t i = 0; i < matrix.size(); ++i) {
      ASSERT_EQ(matrix[i].cohort, expected[i].cohort) << "round " << round;
      ASSERT_EQ(matrix[i].period, expected[i].period) << "round " << round;
      ASSERT_EQ(matrix[i].size, expected[i].size) << "round " << round;
      ASSERT_EQ(matrix[i].users, expected[i].users) << "round " << round;
      ASSERT_EQ(matrix[i].complete, expected[i].complete) << "round " << round;
    }
  }
}

TEST(TimelineRetention, RefusesTalliesThatNoQuestionMakes) {
  using Key = std::array<std::int32_t, kRetentionParts>;
  const auto read = [](const std::vector<Key>& keys) {
    std::pmr::monotonic_buffer_resource arena;
    TallyTable tally({TallyKind::kRetention, kRetentionParts, false, 0}, &arena);
    for (const Key& key : keys) tally.Add(key, 1);
    const auto sealed = SealTally(tally, kMemory);
    return RetentionOf(TallyView(sealed), std::nullopt, kMemory).size();
  };
  constexpr std::int32_t kTwoDays = 2 << 5;
  EXPECT_EQ(read({{0, kTwoDays, 0}}), 0);
  EXPECT_EQ(read({{0, kTwoDays, 0}, {1, 9, 0}, {2, 7, 0}, {3, 7, 1}}), 3);
  EXPECT_THROW(read({}), Error);
  EXPECT_THROW(read({{0, 3, 0}}), Error);  // no such kind
  EXPECT_THROW(read({{0, 2, 5}}), Error);  // one edge
  EXPECT_THROW(read({{0, -1, 0}}), Error);
  EXPECT_THROW(read({{0, 1001 << 5, 0}}), Error);
  EXPECT_THROW(read({{0, kTwoDays, 0}, {4, 0, 0}}), Error);
  EXPECT_THROW(read({{0, kTwoDays, 0}, {2, 7, 0}}), Error);  // no last day
  EXPECT_THROW(read({{0, kTwoDays, 0}, {1, 9, 0}, {2, 7, 0}, {3, 6, 1}}), Error);
  EXPECT_THROW(read({{0, kTwoDays, 0}, {1, 9, 0}, {2, 7, 0}, {3, 7, 3}}), Error);
  EXPECT_THROW(read({{0, kTwoDays, 0}, {1, 9, 0}, {2, 7, 0}, {3, 7, -1}}), Error);
}

}  // namespace
}  // namespace cdp::behavior
