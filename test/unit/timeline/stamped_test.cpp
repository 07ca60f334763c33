#include "core/timeline/stamped.h"

#include <gtest/gtest.h>

#include <random>

#include "core/base/error.h"
#include "core/timeline/timeline_format.h"

namespace cdp::timeline {
namespace {

std::vector<Event> RandomEvents(std::mt19937_64& rng, std::size_t count, std::uint64_t instants) {
  std::vector<Event> events(count);
  for (auto& event : events) {
    event = {static_cast<Micros>(rng() % instants), static_cast<std::int32_t>(rng() % 5)};
  }
  return events;
}

TEST(SortPolled, SortsAnyNumberOfRecords) {
  std::mt19937_64 rng(20250301);
  for (const std::size_t count : {0, 1, 2, 100, 65'536, 65'537, 200'000, 300'001}) {
    auto events = RandomEvents(rng, count, 1000);
    auto expected = events;
    std::stable_sort(expected.begin(), expected.end());
    SortPolled<Event>(events, std::pmr::get_default_resource());
    EXPECT_EQ(events, expected) << count;
  }
}

TEST(SortPolled, MergesRunsOfAnyLength) {
  std::mt19937_64 rng(20250304);
  for (int round = 0; round < 20'000; ++round) {
    std::vector<Event> events;
    for (std::uint64_t runs = 1 + rng() % (round % 2 == 0 ? 3 : 40); runs > 0; --runs) {
      auto run = RandomEvents(rng, rng() % (round % 3 == 0 ? 4 : 40), 1 + rng() % 100);
      if (rng() % 10 != 0) std::sort(run.begin(), run.end());
      events.insert(events.end(), run.begin(), run.end());
    }
    auto expected = events;
    std::sort(expected.begin(), expected.end());
    SortPolled<Event>(events, std::pmr::get_default_resource());
    ASSERT_EQ(events, expected) << "round " << round;
  }
}

TEST(MergeRuns, TakesLateRecordsIn) {
  std::mt19937_64 rng(20250305);
  for (int round = 0; round < 5000; ++round) {
    auto events = RandomEvents(rng, rng() % 60, 1 + rng() % 50);
    const std::size_t middle = rng() % (events.size() + 1);
    std::sort(events.begin(), events.begin() + static_cast<std::ptrdiff_t>(middle));
    std::sort(events.begin() + static_cast<std::ptrdiff_t>(middle), events.end());
    auto expected = events;
    std::sort(expected.begin(), expected.end());
    MergeRuns<Event>(events, middle, std::pmr::get_default_resource());
    ASSERT_EQ(events, expected) << "round " << round;
  }
}

TEST(MergeRuns, NeedsNoRoomToAppend) {
  std::vector<Event> events = {{1, 1}, {2, 2}, {2, 2}, {3, 0}};
  MergeRuns<Event>(events, 2, std::pmr::null_memory_resource());
  EXPECT_TRUE(std::is_sorted(events.begin(), events.end()));
}

TEST(SortPolled, NeedsNoRoomForSortedRecords) {
  std::vector<Event> events;
  for (int i = 0; i < 200'000; ++i) events.push_back({i, 0});
  SortPolled<Event>(events, std::pmr::null_memory_resource());
  EXPECT_TRUE(std::is_sorted(events.begin(), events.end()));
}

TEST(SortPolled, CanBeStopped) {
  std::mt19937_64 rng(20250302);
  auto events = RandomEvents(rng, 200'000, 1 << 30);
  stop_hook = [] { throw Error(ErrorCode::kInternal, "stopped"); };
  EXPECT_THROW(SortPolled<Event>(events, std::pmr::get_default_resource()), Error);
  stop_hook = nullptr;
}

TEST(MergeSorted, AgreesWithTheStandardLibrary) {
  std::mt19937_64 rng(20250303);
  for (int round = 0; round < 2000; ++round) {
    auto a = RandomEvents(rng, rng() % 20, 10);
    auto b = RandomEvents(rng, rng() % 20, 10);
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    std::vector<Event> fast(a.size() + b.size());
    std::vector<Event> slow(a.size() + b.size());
    MergeSorted<Event>(a, b, fast.data());
    std::merge(a.begin(), a.end(), b.begin(), b.end(), slow.begin());
    ASSERT_EQ(fast, slow);
  }
}

TEST(MergeSorted, WhatIsLeftIsCopiedInPieces) {
  const std::vector<Event> one = {{5, 0}};
  std::vector<Event> many(400'000, {7, 0});
  std::vector<Event> out(many.size() + 1);
  static int polls;
  polls = 0;
  stop_hook = [] { ++polls; };
  MergeSorted<Event>(one, many, out.data());
  MergeSorted<Event>(many, one, out.data());
  stop_hook = nullptr;
  EXPECT_GE(polls, 2 * static_cast<int>((many.size() * sizeof(Event)) >> 20));
}

}  // namespace
}  // namespace cdp::timeline
