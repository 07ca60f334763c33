#include "core/timeline/timeline_join.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "unit/timeline/random_events.h"

namespace cdp::timeline {
namespace {

/// Images of pieces of the events, cut where time goes on.
std::vector<std::vector<std::byte>> Cut(const oracle::Events& events, std::mt19937_64& rng) {
  std::vector<std::vector<std::byte>> images;
  oracle::Events piece;
  const std::uint64_t length = 1 + rng() % 40;
  for (const auto& event : events) {
    if (!piece.empty() && piece.back().at < event.at && rng() % length == 0) {
      images.push_back(Write(piece));
      piece.clear();
    }
    piece.push_back(event);
  }
  images.push_back(Write(piece));
  return images;
}

TEST(TimelineJoinProperty, IsTheImageOfAllEvents) {
  std::mt19937_64 rng(20261111);
  std::pmr::monotonic_buffer_resource room;
  for (int round = 0; round < kRounds / 4; ++round) {
    const oracle::Events events = RandomEvents(rng);
    if (events.empty()) continue;
    const auto images = Cut(events, rng);
    const std::vector<View> parts(images.begin(), images.end());
    ASSERT_TRUE(FollowEachOther(parts));
    const auto joined = JoinedImage(parts, &room);
    ASSERT_EQ(std::vector(joined.begin(), joined.end()), Write(events)) << "round " << round;
    if (round % 64 == 0) room.release();
  }
}

// Distances alike go from the parts into the whole as they are, unless what lies between them makes
// other lengths better.
TEST(TimelineJoinProperty, DistancesAlikeOrNot) {
  std::mt19937_64 rng(20261113);
  std::pmr::monotonic_buffer_resource room;
  for (int round = 0; round < kRounds / 8; ++round) {
    const std::int64_t tick = rng() % 3 == 0 ? 1 : rng() % 2 == 0 ? 1'000 : 1'000'000;
    const unsigned most = tick == 1'000'000 ? 30 : 40;  // so that all of them fit into time
    const unsigned bits = 1 + rng() % most;
    const unsigned rare = 1 + rng() % most;
    const bool valued = rng() % 3 == 0;
    oracle::Events events;
    std::int64_t at = static_cast<std::int64_t>(rng() % 1'000'000) * tick;
    for (std::uint64_t left = 2 + rng() % 60; left > 0; --left) {
      const std::uint64_t width = rng() % 8 == 0 ? rare : bits;
      at += (1 + static_cast<std::int64_t>(rng() >> (64 - width))) * tick;
      oracle::TimelineEvent event{at, static_cast<std::int32_t>(rng() % 30), {}, {}};
      if (valued && rng() % 4 == 0) event.value = static_cast<std::int64_t>(rng() % 1000);
      events.push_back(event);
    }
    const auto images = Cut(events, rng);
    const std::vector<View> parts(images.begin(), images.end());
    const auto joined = JoinedImage(parts, &room);
    ASSERT_EQ(std::vector(joined.begin(), joined.end()), Write(events)) << "round " << round;
    if (round % 64 == 0) room.release();
  }
}

// A piece that rotted gives other events or an error, and is not read past its end.
TEST(TimelineJoinProperty, DamageIsSurvived) {
  std::mt19937_64 rng(20261112);
  std::pmr::monotonic_buffer_resource room;
  for (int round = 0; round < kRounds / 8; ++round) {
    const oracle::Events events = RandomEvents(rng);
    if (events.empty()) continue;
    auto images = Cut(events, rng);
    auto& damaged = images[rng() % images.size()];
    for (std::uint64_t i = 1 + rng() % 3; i > 0; --i) {
      damaged[rng() % damaged.size()] ^= static_cast<std::byte>(1 << (rng() % 8));
    }
    try {
      const std::vector<View> parts(images.begin(), images.end());
      bool empty = false;
      for (const View& part : parts) empty = empty || part.count() == 0;
      if (!empty) JoinedImage(parts, &room);
    } catch (const Error& error) {
      ASSERT_TRUE(error.code() == ErrorCode::kCorruptData ||
                  error.code() == ErrorCode::kLimitExceeded);
    }
    if (round % 64 == 0) room.release();
  }
}

TEST(TimelineJoin, PartsThatShareAnInstantDoNotFollow) {
  const auto a = Write({{1, 5, {}, {}}, {2, 5, {}, {}}});
  const auto b = Write({{2, 4, {}, {}}});
  const auto c = Write({{3, 4, {}, {}}});
  EXPECT_FALSE(FollowEachOther(std::vector<View>{View(a), View(b)}));
  EXPECT_FALSE(FollowEachOther(std::vector<View>{View(c), View(a)}));
  EXPECT_TRUE(FollowEachOther(std::vector<View>{View(a), View(c)}));
}

}  // namespace
}  // namespace cdp::timeline
