#include "core/behavior/funnel_scan.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "oracle/behavior.h"
#include "unit/behavior/rounds.h"

namespace cdp::behavior {
namespace {

using oracle::Row;

constexpr std::uint64_t kLongest = std::numeric_limits<std::int64_t>::max();

int Depth(FunnelMode mode, const std::vector<Row>& rows, int steps, std::uint64_t window) {
  return WithScan(mode, steps, window, [&rows, mode](auto& scan) {
    for (const Row& row : rows) {
      if (row.fills == 0 && !mode.order) continue;
      if (scan.Feed(row.at, row.fills)) break;
    }
    return scan.Finish();
  });
}

/// Rows of a few instants with many ties, in order of time only; now and then at an edge.
std::vector<Row> RandomRows(std::mt19937_64& rng, int steps) {
  const std::int64_t bases[] = {0, -3, std::numeric_limits<std::int64_t>::min(),
                                std::numeric_limits<std::int64_t>::max() - 12};
  const std::int64_t base = bases[rng() % 8 < 5 ? 0 : 1 + rng() % 3];
  const std::uint64_t instants = 1 + rng() % 12;
  const int density = static_cast<int>(1 + rng() % 3);
  std::vector<Row> rows(rng() % 10);
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

TEST(FunnelScanProperty, DefaultAndIncreaseAgreeWithTheDefinition) {
  std::mt19937_64 rng(20250101);
  for (int round = 0; round < kRounds; ++round) {
    const int steps = static_cast<int>(1 + rng() % 5);
    const auto rows = RandomRows(rng, steps);
    const std::uint64_t window = RandomWindow(rng);
    ASSERT_EQ(Depth({}, rows, steps, window), oracle::Funnel(rows, steps, window, false).Depth())
        << "round " << round;
    ASSERT_EQ(Depth({.increase = true}, rows, steps, window),
              oracle::Funnel(rows, steps, window, true).Depth())
        << "round " << round;
  }
}

TEST(FunnelScanProperty, StrictModesAgreeWithTheRules) {
  std::mt19937_64 rng(20250102);
  for (int round = 0; round < kRounds; ++round) {
    const int steps = static_cast<int>(1 + rng() % 5);
    const auto rows = RandomRows(rng, steps);
    const std::uint64_t window = RandomWindow(rng);
    for (const FunnelMode mode : {FunnelMode{true, false, false}, FunnelMode{false, true, false},
                                  FunnelMode{true, true, false}, FunnelMode{true, false, true},
                                  FunnelMode{false, true, true}, FunnelMode{true, true, true}}) {
      ASSERT_EQ(
          Depth(mode, rows, steps, window),
          oracle::StrictDepth(rows, steps, window, mode.order, mode.deduplicate, mode.increase))
          << "round " << round << " mode " << mode.order << mode.deduplicate << mode.increase;
    }
  }
}

TEST(FunnelScanProperty, OrderOfTiesDoesNotMatter) {
  std::mt19937_64 rng(20250103);
  for (int round = 0; round < kRounds / 10; ++round) {
    const int steps = static_cast<int>(1 + rng() % 5);
    auto rows = RandomRows(rng, steps);
    const std::uint64_t window = RandomWindow(rng);
    for (int bits = 0; bits < 8; ++bits) {
      const FunnelMode mode{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
      const int before = Depth(mode, rows, steps, window);
      std::shuffle(rows.begin(), rows.end(), rng);
      std::stable_sort(rows.begin(), rows.end(),
                       [](const Row& a, const Row& b) { return a.at < b.at; });
      ASSERT_EQ(Depth(mode, rows, steps, window), before) << "round " << round;
    }
  }
}

TEST(FunnelScan, NoRowsReachNothing) {
  for (int bits = 0; bits < 8; ++bits) {
    EXPECT_EQ(Depth({(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0}, {}, 3, 10), 0);
  }
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
  for (int bits = 0; bits < 8; ++bits) {
    const FunnelMode mode{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
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

}  // namespace
}  // namespace cdp::behavior
