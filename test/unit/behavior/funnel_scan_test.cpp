#include "core/behavior/funnel_scan.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "core/behavior/funnel_chain.h"
#include "oracle/behavior.h"
#include "unit/behavior/rounds.h"

namespace cdp::behavior {
namespace {

using oracle::Row;

constexpr std::uint64_t kLongest = std::numeric_limits<std::int64_t>::max();

struct Answer {
  int depth;
  std::vector<std::int64_t> chain;
};

struct Event {
  std::int64_t at;
  std::uint64_t value;
};

Answer Scan(FunnelMode mode, const std::vector<Row>& rows, int steps, std::uint64_t window) {
  Answer answer{};
  std::int64_t begun = 0;
  answer.depth = WithScan(mode, steps, window, [&](auto& scan) {
    bool done = false;
    for (const Row& row : rows) {
      if (row.fills == 0 && !mode.order) continue;
      if (done && row.at != scan.reached()) break;
      done = scan.Feed(row.at, row.fills);
    }
    const int depth = scan.Finish();
    begun = scan.begun();
    return depth;
  });
  std::vector<Event> events;
  for (const Row& row : rows) events.push_back({row.at, row.fills});
  answer.chain.resize(static_cast<std::size_t>(answer.depth));
  WriteFunnelChain<Event>(events, mode, answer.depth, begun, answer.chain.data());
  return answer;
}

int Depth(FunnelMode mode, const std::vector<Row>& rows, int steps, std::uint64_t window) {
  return Scan(mode, rows, steps, window).depth;
}

/// Every mode that can be asked for.
std::vector<FunnelMode> AllModes() {
  std::vector<FunnelMode> modes;
  for (int bits = 0; bits < 32; ++bits) {
    const FunnelMode mode{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0,
                          (bits & 16) != 0};
    if (mode.order || !mode.reentry) modes.push_back(mode);
  }
  return modes;
}

/// Rows of a few instants with many ties, in order of time only; now and then at an edge.
std::vector<Row> RandomRows(std::mt19937_64& rng, int steps, std::size_t most = 9) {
  const std::int64_t bases[] = {0, -3, std::numeric_limits<std::int64_t>::min(),
                                std::numeric_limits<std::int64_t>::max() - 12};
  const std::int64_t base = bases[rng() % 8 < 5 ? 0 : 1 + rng() % 3];
  const std::uint64_t instants = 1 + rng() % 12;
  const int density = static_cast<int>(1 + rng() % 3);
  std::vector<Row> rows(rng() % (most + 1));
  for (Row& row : rows) {
    row.at = base + static_cast<std::int64_t>(rng() % instants);
    row.fills = rng() & rng();
    for (int i = 1; i < density; ++i) row.fills &= rng();
    row.fills &= LowBits(steps);
  }
  // One row far away, so that windows of any length are crossed.
  if (!rows.empty() && rng() % 8 == 0) {
    rows[0].at = rng() % 2 == 0 ? std::numeric_limits<std::int64_t>::min()
                                : std::numeric_limits<std::int64_t>::max();
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.at < b.at; });
  return rows;
}

std::uint64_t RandomWindow(std::mt19937_64& rng) {
  return rng() % 10 == 0 ? kLongest - rng() % 2 : rng() % 12;
}

TEST(FunnelScanProperty, DeclarativeModesAgreeWithTheDefinition) {
  std::mt19937_64 rng(20250101);
  for (int round = 0; round < kRounds; ++round) {
    const int steps = static_cast<int>(1 + rng() % 5);
    const auto rows = RandomRows(rng, steps, 7);
    const std::uint64_t window = RandomWindow(rng);
    for (const FunnelMode mode :
         {FunnelMode{}, FunnelMode{.increase = true}, FunnelMode{.once = true},
          FunnelMode{.increase = true, .once = true}}) {
      const Answer answer = Scan(mode, rows, steps, window);
      const oracle::Funnel slow(rows, steps, window, {mode.increase, mode.once});
      ASSERT_EQ(answer.depth, slow.Depth()) << "round " << round;
      ASSERT_EQ(answer.chain, slow.Chain()) << "round " << round;
    }
  }
}

TEST(FunnelScanProperty, StrictModesAgreeWithTheRules) {
  std::mt19937_64 rng(20250102);
  for (int round = 0; round < kRounds; ++round) {
    const int steps = static_cast<int>(1 + rng() % 5);
    const auto rows = RandomRows(rng, steps, 7);
    const std::uint64_t window = RandomWindow(rng);
    for (const FunnelMode mode : AllModes()) {
      if (!mode.order && !mode.deduplicate) continue;
      const Answer answer = Scan(mode, rows, steps, window);
      const oracle::StrictFunnel slow(
          rows, steps, window,
          {mode.order, mode.deduplicate, mode.increase, mode.once, mode.reentry});
      ASSERT_EQ(answer.depth, slow.Depth())
          << "round " << round << " mode " << int{PackFunnelMode(mode)};
      ASSERT_EQ(answer.chain, slow.Chain())
          << "round " << round << " mode " << int{PackFunnelMode(mode)};
    }
  }
}

TEST(FunnelScanProperty, OrderOfTiesDoesNotMatter) {
  std::mt19937_64 rng(20250103);
  for (int round = 0; round < kRounds / 10; ++round) {
    const int steps = static_cast<int>(1 + rng() % 5);
    auto rows = RandomRows(rng, steps);
    const std::uint64_t window = RandomWindow(rng);
    for (const FunnelMode mode : AllModes()) {
      const int before = Depth(mode, rows, steps, window);
      std::shuffle(rows.begin(), rows.end(), rng);
      std::stable_sort(rows.begin(), rows.end(),
                       [](const Row& a, const Row& b) { return a.at < b.at; });
      ASSERT_EQ(Depth(mode, rows, steps, window), before) << "round " << round;
    }
  }
}

TEST(FunnelScan, NoRowsReachNothing) {
  for (const FunnelMode mode : AllModes()) EXPECT_EQ(Depth(mode, {}, 3, 10), 0);
}

TEST(FunnelScan, TheEdgeOfTheWindowCounts) {
  EXPECT_EQ(Depth({}, {{0, 1}, {10, 2}}, 2, 10), 2);
  EXPECT_EQ(Depth({}, {{0, 1}, {11, 2}}, 2, 10), 1);
}

TEST(FunnelScan, WindowZeroIsOneInstant) {
  EXPECT_EQ(Depth({}, {{5, 2}, {5, 1}, {5, 4}}, 3, 0), 3);
  EXPECT_EQ(Depth({}, {{5, 1}, {6, 2}}, 2, 0), 1);
}

TEST(FunnelScan, OneEventFillsAllItsSteps) { EXPECT_EQ(Depth({}, {{5, 7}}, 3, 0), 3); }

TEST(FunnelScan, ALaterStartIsTaken) { EXPECT_EQ(Depth({}, {{0, 1}, {8, 1}, {12, 2}}, 2, 5), 2); }

TEST(FunnelScan, SixtyFourSteps) {
  std::vector<Row> rows;
  for (int step = 0; step < 64; ++step) rows.push_back({step, std::uint64_t{1} << step});
  for (const FunnelMode mode : AllModes()) {
    EXPECT_EQ(Depth(mode, rows, 64, 63), 64);
    EXPECT_EQ(Depth(mode, rows, 64, 62), 63);
  }
}

TEST(FunnelScan, ForeignEventStopsStrictOrder) {
  // a b x c
  const std::vector<Row> rows = {{1, 1}, {2, 2}, {3, 0}, {4, 4}};
  EXPECT_EQ(Depth({.order = true}, rows, 3, 100), 2);
  EXPECT_EQ(Depth({}, rows, 3, 100), 3);
}

TEST(FunnelScan, RepeatedStepStopsDeduplication) {
  // a b b c
  const std::vector<Row> rows = {{1, 1}, {2, 2}, {3, 2}, {4, 4}};
  EXPECT_EQ(Depth({.deduplicate = true}, rows, 3, 100), 2);
  EXPECT_EQ(Depth({}, rows, 3, 100), 3);
}

TEST(FunnelScan, RepeatedFirstStepStopsNothing) {
  const std::vector<Row> rows = {{1, 1}, {2, 1}, {3, 2}};
  EXPECT_EQ(Depth({true, true, true}, rows, 2, 100), 2);
}

TEST(FunnelScan, IncreaseNeedsLaterEventsAndKeepsEarlierStarts) {
  EXPECT_EQ(Depth({.increase = true}, {{1, 1}, {1, 2}}, 2, 100), 1);
  // The start that comes with the second step must not hide the one before it.
  EXPECT_EQ(Depth({.increase = true}, {{1, 1}, {2, 3}}, 2, 100), 2);
}

TEST(FunnelScan, OnceGivesAnEventOneStep) {
  EXPECT_EQ(Depth({.once = true}, {{5, 7}}, 3, 0), 1);
  EXPECT_EQ(Depth({.once = true}, {{5, 7}, {5, 7}}, 3, 0), 2);
  EXPECT_EQ(Depth({.once = true}, {{1, 1}, {2, 2}, {3, 6}}, 3, 9), 3);
  // One event for all steps at an earlier instant, and the rest at a later one.
  EXPECT_EQ(Depth({.once = true}, {{1, 7}, {2, 3}, {2, 4}}, 3, 9), 3);
  // The first event must leave step 2 to the third, which fills nothing else.
  EXPECT_EQ(Depth({.once = true}, {{5, 3}, {5, 5}, {5, 2}}, 3, 0), 3);
}

TEST(FunnelScan, OnceTakesTheLatestStartThatTheRowsAllow) {
  // Both steps at 10 need both events, so a chain from 10 takes them; step 3 then comes in time.
  EXPECT_EQ(Depth({.once = true}, {{0, 1}, {10, 3}, {10, 1}, {15, 4}}, 3, 5), 3);
  EXPECT_EQ(Depth({.once = true}, {{0, 1}, {10, 3}, {15, 4}}, 3, 5), 1);
}

TEST(FunnelScan, OnceStaysPolynomial) {
  // Every event fills every step: the chains are too many to be listed.
  std::vector<Row> rows;
  for (int i = 0; i < 20'000; ++i) rows.push_back({i / 100, LowBits(64)});
  for (const FunnelMode mode : AllModes()) {
    // The others end early: every event repeats a step, or fills one out of order.
    if (mode.order || mode.deduplicate) continue;
    EXPECT_EQ(Depth(mode, rows, 64, kLongest), 64);
  }
  // A tie in which the last step finds no event: sixty events for sixty-one steps.
  rows.assign(60, {1, LowBits(61)});
  EXPECT_EQ(Depth({.once = true}, rows, 61, 0), 60);
  rows.push_back({1, 1});
  EXPECT_EQ(Depth({.once = true}, rows, 61, 0), 61);
}

TEST(FunnelScan, ReentryPassesOverStepsOutOfOrderOnly) {
  // a c b c, and a b x c
  const FunnelMode mode{.order = true, .reentry = true};
  EXPECT_EQ(Depth({.order = true}, {{1, 1}, {2, 4}, {3, 2}, {4, 4}}, 3, 100), 1);
  EXPECT_EQ(Depth(mode, {{1, 1}, {2, 4}, {3, 2}, {4, 4}}, 3, 100), 3);
  EXPECT_EQ(Depth(mode, {{1, 1}, {2, 2}, {3, 0}, {4, 4}}, 3, 100), 2);
}

TEST(FunnelScan, TheWinningChainEndsFirstThenBeginsLast) {
  using Times = std::vector<std::int64_t>;
  // a1 a2 b3 c4 c5
  EXPECT_EQ(Scan({}, {{1, 1}, {2, 1}, {3, 2}, {4, 4}, {5, 4}}, 3, 100).chain, (Times{2, 3, 4}));
  // a1 b2 b3 c4: the steps in between as early as can be
  EXPECT_EQ(Scan({}, {{1, 1}, {2, 2}, {3, 2}, {4, 4}}, 3, 100).chain, (Times{1, 2, 4}));
  EXPECT_EQ(Scan({}, {{1, 2}, {2, 4}}, 3, 100).chain, Times{});
}

}  // namespace
}  // namespace cdp::behavior
