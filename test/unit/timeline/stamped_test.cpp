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

TEST(SortStamped, SortsAnyNumberOfRecords) {
  std::mt19937_64 rng(20250301);
  for (const std::size_t count : {0, 1, 2, 100, 65'536, 65'537, 200'000, 300'001}) {
    auto events = RandomEvents(rng, count, 1000);
    auto expected = events;
    std::stable_sort(expected.begin(), expected.end());
    SortStamped<Event>(events, std::pmr::get_default_resource());
    EXPECT_EQ(events, expected) << count;
  }
}

TEST(SortStamped, NeedsNoRoomForSortedRecords) {
  std::vector<Event> events;
  for (int i = 0; i < 200'000; ++i) events.push_back({i, 0});
  SortStamped<Event>(events, std::pmr::null_memory_resource());
  EXPECT_TRUE(std::is_sorted(events.begin(), events.end()));
}

TEST(SortStamped, CanBeStopped) {
  std::mt19937_64 rng(20250302);
  auto events = RandomEvents(rng, 200'000, 1 << 30);
  stop_hook = [] { throw Error(ErrorCode::kInternal, "stopped"); };
  EXPECT_THROW(SortStamped<Event>(events, std::pmr::get_default_resource()), Error);
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

}  // namespace
}  // namespace cdp::timeline
