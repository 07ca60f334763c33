#include "core/behavior/sequence_match.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "oracle/behavior_sequence.h"
#include "unit/behavior/rounds.h"
#include "unit/behavior/sequence_parts.h"

namespace cdp::behavior {
namespace {

using oracle::Row;

/// Events in their total order.
std::vector<Seen> Ordered(const std::vector<Row>& rows) {
  std::vector<Seen> events;
  for (const Row& row : rows) {
    if (row.fills != 0) events.push_back({row.at, row.fills});
  }
  std::sort(events.begin(), events.end(), [](const Seen& a, const Seen& b) {
    return std::pair(a.at, a.fills) < std::pair(b.at, b.fills);
  });
  return events;
}

std::int64_t Count(std::string_view text, const std::vector<Row>& rows) {
  auto* memory = std::pmr::get_default_resource();
  const auto pattern = ParseSequencePattern(text, 64, memory);
  SequenceScan scan(pattern, memory);
  std::int64_t count = 0;
  for (const Seen& event : Ordered(rows)) count += scan.Feed(event.at, event.fills) ? 1 : 0;
  return count;
}

std::vector<std::int64_t> Events(std::string_view text, const std::vector<Row>& rows) {
  auto* memory = std::pmr::get_default_resource();
  const auto pattern = ParseSequencePattern(text, 64, memory);
  SequenceScan scan(pattern, memory);
  const auto events = Ordered(rows);
  std::pmr::vector<Micros> chain;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (!scan.Feed(events[i].at, events[i].fills)) continue;
    WriteMatchChain(pattern, std::span(events).first(i + 1), memory, &chain);
    break;
  }
  return {chain.begin(), chain.end()};
}

TEST(SequenceProperty, CountsAndChainsAgreeWithTheDefinition) {
  std::mt19937_64 rng(20250201);
  int matched = 0;
  for (int round = 0; round < kRounds; ++round) {
    const int conditions = static_cast<int>(1 + rng() % 4);
    const auto parts = RandomPattern(rng, conditions);
    std::vector<Row> rows(rng() % 10);
    const std::uint64_t instants = 1 + rng() % 12;
    for (Row& row : rows) {
      row.at = static_cast<std::int64_t>(rng() % instants);
      row.fills = rng() & rng() & ((1u << conditions) - 1);
    }
    oracle::Sequence slow(parts, rows);
    const std::string text = oracle::TextOf(parts);
    ASSERT_EQ(Count(text, rows), slow.Count()) << "round " << round << " " << text;
    ASSERT_EQ(Events(text, rows), slow.Events()) << "round " << round << " " << text;
    matched += slow.Count() > 1 ? 1 : 0;
  }
  EXPECT_GT(matched, kRounds / 20);
}

TEST(SequenceProperty, OrderOfRowsDoesNotMatter) {
  std::mt19937_64 rng(20250202);
  for (int round = 0; round < kRounds / 10; ++round) {
    const std::string text = oracle::TextOf(RandomPattern(rng, 3));
    std::vector<Row> rows(rng() % 12);
    for (Row& row : rows) row = {static_cast<std::int64_t>(rng() % 4), rng() & 7};
    const auto before = Count(text, rows);
    std::shuffle(rows.begin(), rows.end(), rng);
    ASSERT_EQ(Count(text, rows), before) << "round " << round << " " << text;
  }
}

TEST(Sequence, AGateIsMeasuredFromTheLastEventConsumed) {
  // 1 at 0, 2 at 5: also when .* stands between
  EXPECT_EQ(Count("(?1).*(?t>0us)(?2)", {{0, 1}, {5, 2}}), 1);
  EXPECT_EQ(Count("(?1)(?t>0us).*(?2)", {{0, 1}, {5, 2}}), 1);
  EXPECT_EQ(Count("(?1).*(?t>5us)(?2)", {{0, 1}, {5, 2}}), 0);
  // The event between does not shorten it.
  EXPECT_EQ(Count("(?1)(?t<=3us)(?2)", {{0, 1}, {3, 4}, {5, 2}}), 0);
  EXPECT_EQ(Count("(?1)(?t<=5us)(?2)", {{0, 1}, {3, 4}, {5, 2}}), 1);
}

TEST(Sequence, WithoutAGateEventsAreNeighbours) {
  EXPECT_EQ(Count("(?1)(?2)", {{0, 1}, {1, 4}, {2, 2}}), 0);
  EXPECT_EQ(Count("(?1)(?2)", {{0, 1}, {1, 0}, {2, 2}}), 1);
  EXPECT_EQ(Count("(?1).(?2)", {{0, 1}, {1, 4}, {2, 2}}), 1);
}

TEST(Sequence, EndsOfPatterns) {
  const std::vector<Row> rows = {{0, 1}, {5, 4}, {9, 1}};
  EXPECT_EQ(Count("", rows), 3);
  EXPECT_EQ(Count(".", rows), 3);
  EXPECT_EQ(Count(".*", rows), 3);
  EXPECT_EQ(Count("(?1).*", rows), 2);
  EXPECT_EQ(Count("(?1)(?t>=5us)", rows), 1);
  EXPECT_EQ(Count("(?1)(?t>9us)", rows), 0);
  EXPECT_EQ(Count("", {}), 0);
}

TEST(Sequence, TheChainIsAMatchOrNothing) {
  using Times = std::vector<std::int64_t>;
  // Not the attempt that was given up.
  EXPECT_EQ(Events("(?1)(?t==2us)(?2)", {{0, 1}, {3, 1}, {5, 2}}), (Times{3, 5}));
  EXPECT_EQ(Events("(?1)(?1)(?1)(?1)(?1)", {{0, 1}, {1, 1}, {2, 1}, {3, 1}}), Times{});
  EXPECT_EQ(Events("(?1).*(?2)(?3)", {{0, 1}, {1, 2}, {2, 1}, {3, 2}, {4, 4}}), (Times{0, 3, 4}));
  EXPECT_EQ(Events("(?1).*(?2)(?w<=2us)", {{0, 1}, {2, 1}, {4, 2}}), (Times{2, 4}));
}

TEST(Sequence, TheWindowSpansTheWholeChain) {
  const std::vector<Row> rows = {{0, 1}, {4, 2}, {8, 4}};
  EXPECT_EQ(Count("(?w<=8us)(?1)(?2)(?3)", rows), 1);
  EXPECT_EQ(Count("(?1)(?2)(?3)(?w<8us)", rows), 0);
}

TEST(Sequence, ManyEventsTakeAsManySteps) {
  // A pattern that backtracking tries in every way before it gives up.
  std::vector<Row> rows;
  for (int i = 0; i < 20'000; ++i) rows.push_back({i, 1});
  EXPECT_EQ(Count("(?1).*(?1)(?t<=9999us).*(?1).*(?t!=5us)(?1).*(?1).*(?2)", rows), 0);
  EXPECT_EQ(Count("(?1)(?t>=100us)(?1)(?t<=200us)(?t!=150us)(?1)", rows), 20'000 / 102);
}

}  // namespace
}  // namespace cdp::behavior
