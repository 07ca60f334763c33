#include "core/behavior/timeline_sequence.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "oracle/behavior_sequence.h"
#include "unit/behavior/rounds.h"
#include "unit/behavior/sequence_parts.h"
#include "unit/timeline/random_events.h"

namespace cdp::behavior {
namespace {

auto* const kMemory = std::pmr::new_delete_resource();

// The codes of each condition.
using Conditions = std::vector<std::vector<std::int32_t>>;

TimelineSequence SequenceOf(std::string_view pattern, const Conditions& conditions) {
  CodeMasks codes(kMemory);
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    for (const std::int32_t code : conditions[i]) codes.Add(code, static_cast<int>(i));
  }
  return TimelineSequence(pattern, static_cast<int>(conditions.size()), std::move(codes), kMemory);
}

TEST(TimelineSequenceProperty, AnswersAsTheRowsOfItsEvents) {
  std::mt19937_64 rng(20250601);
  const std::vector<std::int32_t> known = {0, 1, 5, 64, 300, 70000};
  int matched = 0;
  for (int round = 0; round < kRounds; ++round) {
    Conditions conditions(1 + rng() % 4);
    for (auto& codes : conditions) {
      for (std::uint64_t n = rng() % 4; n > 0; --n) codes.push_back(known[rng() % known.size()]);
    }
    const auto parts = RandomPattern(rng, static_cast<int>(conditions.size()));
    const std::string text = oracle::TextOf(parts);
    oracle::Events events(rng() % 10);
    const std::uint64_t instants = 1 + rng() % 12;
    for (auto& event : events) {
      event.at = static_cast<std::int64_t>(rng() % instants);
      event.code = known[rng() % (round % 2 == 0 ? 4 : known.size())];
    }
    events = oracle::Sorted(events);
    std::vector<oracle::Row> rows;
    for (const auto& event : events) {
      oracle::Row row{};
      row.at = event.at;
      for (std::size_t i = 0; i < conditions.size(); ++i) {
        const bool fills = std::count(conditions[i].begin(), conditions[i].end(), event.code) > 0;
        row.fills |= std::uint64_t{fills} << i;
      }
      rows.push_back(row);
    }
    const auto image = timeline::Write(events);
    const timeline::View view(image);
    const TimelineSequence sequence = SequenceOf(text, conditions);
    oracle::Sequence slow(parts, rows);
    const std::int64_t count = slow.Count();
    ASSERT_EQ(sequence.Count(view, INT64_MAX, kMemory), count) << "round " << round << " " << text;
    ASSERT_EQ(sequence.Count(view, 1, kMemory), std::min<std::int64_t>(count, 1));
    const auto chain = sequence.FirstMatch(view, kMemory);
    ASSERT_EQ(std::vector<std::int64_t>(chain.begin(), chain.end()), slow.Events())
        << "round " << round << " " << text;
    matched += count > 1 ? 1 : 0;
  }
  EXPECT_GT(matched, kRounds / 40);
}

TEST(TimelineSequence, TiesCrossTheBlocksOfAReader) {
  // 600 events of one instant: 1 and 2 by turns in the rows, all of 1 first in the timeline.
  oracle::Events events(600);
  for (std::size_t i = 0; i < events.size(); ++i) {
    events[i].at = 7;
    events[i].code = i % 2 == 0 ? 1 : 2;
  }
  const auto image = timeline::Write(oracle::Sorted(events));
  const timeline::View view(image);
  // Condition 1 holds for code 2, so that in the order of masks code 2 comes first.
  EXPECT_EQ(SequenceOf("(?1)(?2)", {{2}, {1}}).Count(view, INT64_MAX, kMemory), 1);
  EXPECT_EQ(SequenceOf("(?2)(?1)", {{2}, {1}}).Count(view, INT64_MAX, kMemory), 0);
  EXPECT_EQ(SequenceOf("(?1)(?1)", {{2}, {1}}).Count(view, INT64_MAX, kMemory), 150);
}

TEST(TimelineSequence, AConditionWithoutCodesIsNeverFilled) {
  oracle::Events events(3);
  for (auto& event : events) event.code = 1;
  const auto image = timeline::Write(events);
  const timeline::View view(image);
  EXPECT_EQ(SequenceOf("(?2)", {{1}, {}}).Count(view, INT64_MAX, kMemory), 0);
  EXPECT_EQ(SequenceOf(".", {{1}, {}}).Count(view, INT64_MAX, kMemory), 3);
  EXPECT_EQ(SequenceOf(".", {{}, {2}}).Count(view, INT64_MAX, kMemory), 0);
}

TEST(TimelineSequence, RefusesNegativeCodes) {
  CodeMasks codes(kMemory);
  EXPECT_THROW(codes.Add(-1, 0), Error);
}

}  // namespace
}  // namespace cdp::behavior
