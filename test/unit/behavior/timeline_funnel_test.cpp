#include "core/behavior/timeline_funnel.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "core/base/error.h"
#include "core/behavior/funnel_chain.h"
#include "core/timeline/timeline_writer.h"
#include "oracle/behavior.h"
#include "unit/behavior/rounds.h"

namespace cdp::behavior {
namespace {

using timeline::Event;

std::vector<std::byte> ImageOf(std::vector<Event> events) {
  std::sort(events.begin(), events.end());
  const auto layout = timeline::MeasureEvents(events);
  std::vector<std::byte> image(layout.size());
  timeline::WriteImage(layout, events, image.data());
  return image;
}

int Depth(const std::vector<Event>& events, const std::vector<std::int32_t>& steps,
          std::uint64_t window, FunnelMode mode = {}) {
  const auto image = ImageOf(events);
  return TimelineFunnel(steps, window, mode).Depth(timeline::View(image));
}

std::vector<Micros> Chain(const std::vector<Event>& events, const std::vector<std::int32_t>& steps,
                          std::uint64_t window, FunnelMode mode = {}) {
  const auto image = ImageOf(events);
  const TimelineFunnel funnel(steps, window, mode);
  std::vector<Micros> chain(steps.size());
  chain.resize(static_cast<std::size_t>(funnel.Chain(timeline::View(image), chain.data())));
  return chain;
}

std::vector<int> Depths(const std::vector<Event>& events, const std::vector<std::int32_t>& steps,
                        const std::vector<std::uint64_t>& windows, FunnelMode mode) {
  const auto image = ImageOf(events);
  std::vector<int> depths(windows.size(), -1);
  TimelineFunnel(steps, 0, mode)
      .Depths(timeline::View(image), windows, std::pmr::get_default_resource(), depths.data());
  return depths;
}

std::string MessageOf(const std::vector<std::int32_t>& steps) {
  try {
    TimelineFunnel(steps, 0, {});
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    return error.what();
  }
  return "no error";
}

// Codes that share their bit in the set, and codes of every width.
constexpr std::int32_t kCodes[] = {0, 1, 64, 128, 255, 256, 320, 65535, 65536, 2147483647};

TEST(TimelineFunnelProperty, AgreesWithTheDefinitionInEveryMode) {
  std::mt19937_64 rng(20250104);
  for (int round = 0; round < kRounds; ++round) {
    const std::size_t alphabet = 2 + rng() % (std::size(kCodes) - 1);
    std::vector<std::int32_t> steps(1 + rng() % 5);
    for (auto& step : steps) step = kCodes[rng() % alphabet];
    std::vector<Event> events(rng() % 12);
    const std::uint64_t instants = 1 + rng() % 14;
    const std::int64_t tick = rng() % 2 == 0 ? 1 : 1000;
    for (auto& event : events) {
      event.at = static_cast<std::int64_t>(rng() % instants) * tick;
      event.value = kCodes[rng() % alphabet];
    }
    const std::uint64_t window = rng() % 14 * tick;
    std::vector<oracle::Row> rows;
    for (const Event& event : events) {
      std::uint64_t fills = 0;
      for (std::size_t i = 0; i < steps.size(); ++i) {
        if (steps[i] == event.value) fills |= std::uint64_t{1} << i;
      }
      rows.push_back({event.at, fills});
    }
    const int count = static_cast<int>(steps.size());
    // Every mode has its turn in every fourth round.
    for (int bits = round % 4; bits < 32; bits += 4) {
      const FunnelMode mode{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0,
                            (bits & 16) != 0};
      if (mode.reentry && !mode.order) continue;
      const auto slow =
          mode.order || mode.deduplicate
              ? oracle::StrictFunnel(
                    rows, count, window,
                    {mode.order, mode.deduplicate, mode.increase, mode.once, mode.reentry})
                    .Chain()
              : oracle::Funnel(rows, count, window, {mode.increase, mode.once}).Chain();
      ASSERT_EQ(Depth(events, steps, window, mode), static_cast<int>(slow.size()))
          << "round " << round << " mode " << bits;
      ASSERT_EQ(Chain(events, steps, window, mode), slow) << "round " << round << " mode " << bits;
    }
  }
}

TEST(TimelineFunnel, CodesThatShareABitAreTold) {
  EXPECT_EQ(Depth({{1, 64}, {2, 128}}, {0, 64}, 10), 0);
  EXPECT_EQ(Depth({{1, 64}, {2, 192}}, {64, 128}, 10), 1);
}

TEST(TimelineFunnel, OneCodeInSeveralSteps) {
  EXPECT_EQ(Depth({{1, 7}, {2, 8}, {3, 7}}, {7, 8, 7}, 10), 3);
  EXPECT_EQ(Depth({{1, 7}}, {7, 7, 7}, 10), 3);
  EXPECT_EQ(Depth({{1, 7}}, {7, 7, 7}, 10, {.increase = true}), 1);
}

TEST(TimelineFunnel, LongTimelines) {
  std::vector<Event> events;
  for (int i = 0; i < 1000; ++i) events.push_back({i * 1000, i % 10});
  EXPECT_EQ(Depth(events, {0, 3, 6, 9, 0, 3, 6, 9}, 19'000), 8);
  EXPECT_EQ(Depth(events, {0, 3, 6, 9, 0, 3, 6, 9}, 18'999), 7);
  EXPECT_EQ(Chain(events, {0, 3, 6}, 6'000), (std::vector<Micros>{0, 3000, 6000}));
  EXPECT_EQ(Chain(events, {5, 3, 5}, 10'000), (std::vector<Micros>{5000, 13'000, 15'000}));
  // Across blocks, and from a start in a later one.
  events.push_back({700'500, 500});
  events.push_back({990'500, 501});
  EXPECT_EQ(Chain(events, {9, 500, 501, 9}, 350'000),
            (std::vector<Micros>{699'000, 700'500, 990'500, 999'000}));
}

TEST(TimelineFunnelProperty, ChainsOfLongTimelinesAreThoseOfRows) {
  std::mt19937_64 rng(20250105);
  constexpr std::size_t kSizes[] = {1, 15, 16, 17, 63, 64, 65, 255, 256, 257, 512, 513, 2048, 2049};
  for (int round = 0; round < kRounds / 400; ++round) {
    std::vector<Event> events(round % 2 == 0 ? rng() % 1500 : kSizes[rng() % std::size(kSizes)]);
    // Few or no two events at one instant; before 2000 too.
    const std::int64_t stretch = round % 3 == 0 ? 1 : 100'000;
    const std::int64_t first = rng() % 2 == 0 ? 0 : -1'000'000'000'000'000;
    for (auto& event : events) {
      event.at = first + static_cast<std::int64_t>(rng() % (2000 * stretch));
      event.value = static_cast<std::int32_t>(rng() % 40);
    }
    if (rng() % 8 == 0 && !events.empty()) events.back().value = 300;  // all codes take two bytes
    // A code twice; codes in another order than the steps, and in the same.
    const std::vector<std::int32_t> all_steps[] = {
        {0, 1, 2, 1, 3}, {0, 4, 2, 39, 3}, {0, 2, 3, 4, 39}};
    std::vector<std::int32_t> steps = all_steps[rng() % 3];
    if (rng() % 2 == 0) steps.resize(2 + rng() % 4);
    const std::uint64_t window = rng() % 20 == 0 ? ~std::uint64_t{0} : rng() % (400 * stretch);
    std::sort(events.begin(), events.end());
    struct Row {
      Micros at;
      std::uint64_t value;
    };
    std::vector<Row> rows;
    for (const Event& event : events) {
      std::uint64_t fills = 0;
      for (std::size_t i = 0; i < steps.size(); ++i) {
        if (steps[i] == event.value) fills |= std::uint64_t{1} << i;
      }
      rows.push_back({event.at, fills});
    }
    FunnelMode mode{};
    if (rng() % 2 == 0) mode = {false, rng() % 4 == 0, rng() % 2 == 0, rng() % 2 == 0, false};
    Micros begun = 0;
    const int step_count = static_cast<int>(steps.size());
    std::vector<Micros> chain(WithScan(mode, step_count, window, [&](auto& scan) {
      bool done = false;
      for (const Row& row : rows) {
        if (row.value == 0) continue;
        if (done && row.at != scan.reached()) break;
        done = scan.Feed(row.at, row.value);
      }
      const std::size_t depth = static_cast<std::size_t>(scan.Finish());
      begun = scan.begun();
      return depth;
    }));
    WriteFunnelChain<Row>(rows, mode, static_cast<int>(chain.size()), begun, chain.data());
    ASSERT_EQ(Chain(events, steps, window, mode), chain) << "round " << round;
    ASSERT_EQ(Depth(events, steps, window, mode), static_cast<int>(chain.size()));
    const std::vector<std::uint64_t> windows = {window, 0, window / 2, window * 2};
    std::vector<int> depths;
    for (const auto w : windows) depths.push_back(Depth(events, steps, w, mode));
    ASSERT_EQ(Depths(events, steps, windows, mode), depths) << "round " << round;
  }
}

TEST(TimelineFunnel, WithoutEventsNothingIsReached) { EXPECT_EQ(Depth({}, {0}, 10), 0); }

TEST(TimelineFunnel, RefusesSteps) {
  EXPECT_EQ(MessageOf({}), "funnel has 0 steps");
  EXPECT_EQ(MessageOf(std::vector<std::int32_t>(65, 1)), "funnel has 65 steps");
  EXPECT_EQ(MessageOf(std::vector<std::int32_t>(64, 1)), "no error");
  EXPECT_EQ(MessageOf({1, -1}), "event code -1 is negative");
}

}  // namespace
}  // namespace cdp::behavior
