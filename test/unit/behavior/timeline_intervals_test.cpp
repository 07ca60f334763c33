#include "core/behavior/timeline_intervals.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "core/behavior/duration_sketch.h"
#include "oracle/behavior_intervals.h"
#include "unit/behavior/rounds.h"
#include "unit/timeline/random_events.h"

namespace cdp::behavior {
namespace {

auto* const kMemory = std::pmr::new_delete_resource();

TEST(TimelineIntervalsProperty, AgreeWithTheDefinition) {
  std::mt19937_64 rng(20250621);
  std::size_t found = 0;
  for (int round = 0; round < kRounds; ++round) {
    oracle::Events events(rng() % 150 == 0 ? rng() % 600 : rng() % 12);
    const std::uint64_t instants = 1 + rng() % 20;
    for (auto& event : events) {
      event.at = static_cast<std::int64_t>(rng() % instants);
      event.code = static_cast<std::int32_t>(rng() % 4) * 64;
      if (rng() % 4 != 0) event.properties[1] = static_cast<std::int32_t>(rng() % 3) - 1;
    }
    events = oracle::Sorted(events);
    const auto image = timeline::Write(events);
    std::vector<std::int32_t> from;
    std::vector<std::int32_t> to;
    for (int code = 0; code < 4; ++code) {
      if (rng() % 2 == 0) from.push_back(code * 64);
      if (rng() % 2 == 0) to.push_back(code * 64);
    }
    const timeline::CodeSet from_set(from, kMemory);
    const timeline::CodeSet to_set(to, kMemory);
    const std::vector<std::uint64_t> edges = {0, 2, 9};
    IntervalQuestion question{.from = rng() % 4 == 0 ? nullptr : &from_set,
                              .to = rng() % 4 == 0 ? nullptr : &to_set,
                              .pairing = static_cast<Pairing>(rng() % 2),
                              .held = rng() % 3 == 0 ? 2 : 0,
                              .edges = edges};
    const bool bounded = rng() % 2 == 0;
    if (bounded) question.longest = rng() % 12;
    std::vector<oracle::Mark> marks;
    for (const auto& event : events) {
      const auto in = [&event](const auto& codes) {
        return std::count(codes.begin(), codes.end(), event.code) > 0;
      };
      marks.push_back({event.at, question.from == nullptr || in(from),
                       question.to == nullptr || in(to), event.properties[1]});
    }
    const auto slow =
        oracle::Intervals(marks, question.held != 0, question.pairing == Pairing::kNearest,
                          bounded ? static_cast<std::int64_t>(question.longest) : -1);
    auto fast = IntervalsOf(timeline::View(image), question, kMemory);
    ASSERT_EQ(fast.size(), slow.size()) << "round " << round;
    for (std::size_t i = 0; i < slow.size(); ++i) {
      ASSERT_EQ(fast[i].from, slow[i].first) << "round " << round;
      ASSERT_EQ(fast[i].to, slow[i].second) << "round " << round;
    }
    found += slow.size();
    if (round % 8 != 0) continue;
    // Counted: each bin exactly, and what no bin takes is still one of all.
    std::pmr::monotonic_buffer_resource arena;
    TallyTable tally({TallyKind::kIntervals, kIntervalParts, false, 7}, &arena);
    CountIntervals(timeline::View(image), question, &tally, kMemory);
    const auto sealed = SealTally(tally, kMemory);
    const IntervalCounts counts(TallyView(sealed), kMemory);
    const auto bins = counts.Bins(kMemory);
    ASSERT_EQ(bins.size(), slow.empty() ? 0 : edges.size()) << "round " << round;
    for (const IntervalBin& bin : bins) {
      ASSERT_EQ(bin.all, static_cast<std::int64_t>(slow.size()));
      ASSERT_EQ(bin.count, std::count_if(slow.begin(), slow.end(),
                                         [&bin](const auto& interval) {
                                           const auto span = static_cast<std::uint64_t>(
                                               interval.second - interval.first);
                                           return span >= bin.from && (!bin.to || span < *bin.to);
                                         }))
          << "round " << round;
    }
    if (slow.empty()) {
      ASSERT_FALSE(counts.Quantile(0.5).has_value());
      continue;
    }
    // Spans below 128 are their own bins in a sketch.
    std::vector<std::uint64_t> spans;
    for (const auto& [begin, end] : slow) spans.push_back(static_cast<std::uint64_t>(end - begin));
    std::sort(spans.begin(), spans.end());
    ASSERT_EQ(counts.Quantile(0), spans.front()) << "round " << round;
    ASSERT_EQ(counts.Quantile(0.5), spans[(spans.size() + 1) / 2 - 1]) << "round " << round;
    ASSERT_EQ(counts.Quantile(1), spans.back()) << "round " << round;
  }
  EXPECT_GT(found, static_cast<std::size_t>(kRounds));
}

TEST(TimelineIntervals, SpanAllTime) {
  oracle::Events events(2);
  events[0].at = timeline::kMinInstant;
  events[1].at = timeline::kEndInstant - 1;
  const auto image = timeline::Write(events);
  const std::vector<std::uint64_t> edges = {1, UINT64_MAX};
  const IntervalQuestion question{.from = nullptr, .to = nullptr, .edges = edges};
  std::pmr::monotonic_buffer_resource arena;
  TallyTable tally({TallyKind::kIntervals, kIntervalParts, false, 7}, &arena);
  CountIntervals(timeline::View(image), question, &tally, kMemory);
  const auto sealed = SealTally(tally, kMemory);
  const IntervalCounts counts(TallyView(sealed), kMemory);
  EXPECT_EQ(counts.Bins(kMemory)[0].count, 1);
  EXPECT_EQ(counts.Bins(kMemory)[1].from, UINT64_MAX);
  EXPECT_EQ(counts.Quantile(0.5), MiddleOf(BinOf(Elapsed(events[0].at, events[1].at))));
}

TEST(TimelineIntervals, RefuseWhatMakesNoSense) {
  EXPECT_THROW(ParsePairing("last"), Error);
  EXPECT_THROW(CheckIntervals({.from = nullptr, .to = nullptr, .held = 5}), Error);
  EXPECT_THROW(CheckIntervals({.from = nullptr, .to = nullptr, .held = -1}), Error);
  const std::vector<std::uint64_t> falling = {3, 3};
  EXPECT_THROW(CheckIntervals({.from = nullptr, .to = nullptr, .edges = falling}), Error);
  const std::vector<std::uint64_t> many(kMaxIntervalBins + 1);
  EXPECT_THROW(CheckIntervals({.from = nullptr, .to = nullptr, .edges = many}), Error);
}

TEST(TimelineIntervals, RefuseTalliesThatNoQuestionMakes) {
  using Key = std::array<std::int32_t, kIntervalParts>;
  const auto read = [](const std::vector<Key>& keys, std::int64_t count = 1) {
    std::pmr::monotonic_buffer_resource arena;
    TallyTable tally({TallyKind::kIntervals, kIntervalParts, false, 0}, &arena);
    for (const Key& key : keys) tally.Add(key, count);
    const auto sealed = SealTally(tally, kMemory);
    return IntervalCounts(TallyView(sealed), kMemory).Bins(kMemory).size();
  };
  EXPECT_EQ(read({}), 0);
  EXPECT_EQ(read({{0, 0, 0, 5}, {1, -1, 3, 0}, {1, 0, 3, 0}, {1, 0, 9, 0}}), 1);
  EXPECT_THROW(read({{0, 1, 0, 5}}), Error);  // the first edge is missing
  EXPECT_THROW(read({{1, 0, 3, 0}}), Error);  // a bin without edge
  EXPECT_THROW(read({{1, -2, 3, 0}}), Error);
  EXPECT_THROW(read({{1, -1, -1, 0}}), Error);
  EXPECT_THROW(read({{1, -1, static_cast<std::int32_t>(kBins), 0}}), Error);
  EXPECT_THROW(read({{2, 0, 0, 0}}), Error);
  EXPECT_THROW(read({{0, 0, 0, 5}, {1, -1, 9, 0}, {1, 0, 3, 0}}), Error);
  EXPECT_THROW(read({{1, -1, 3, 0}, {1, -1, 4, 0}}, INT64_MAX), Error);
}

}  // namespace
}  // namespace cdp::behavior
