#include "core/timeline/quick_image.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "unit/timeline/random_events.h"

namespace cdp::timeline {
namespace {

template <class Record>
std::vector<std::byte> Slowly(const std::vector<Record>& events) {
  const std::span<const Record> sorted = events;
  const auto layout = MeasureEvents<Record>(sorted, std::pmr::get_default_resource());
  std::vector<std::byte> image(layout.size());
  WriteImage<Record>(layout, sorted, image.data());
  return image;
}

/// Whether the image was written at once; then it is the only one there is.
template <class Record>
bool IsQuick(QuickImage* quick, const std::vector<Record>& events) {
  const auto image = quick->Write(std::span<const Record>(events));
  if (image.empty()) return false;
  EXPECT_EQ(std::vector<std::byte>(image.begin(), image.end()), Slowly(events));
  return true;
}

/// What the events of a person may be like.
struct Kind {
  std::uint64_t most_events;
  std::uint64_t step;        ///< of times, in microseconds
  std::uint64_t most_steps;  ///< from event to event
  unsigned code_bits;
  std::uint64_t values_in_16;  ///< so many events have one
  unsigned value_bits;
  bool has_property;
  std::int32_t least_property;
  std::uint64_t properties;
};

std::vector<ValuedEvent> RandomEvents(std::mt19937_64& rng, const Kind& kind) {
  std::vector<ValuedEvent> events(rng() % kind.most_events + 1);
  Micros at = static_cast<Micros>(rng() % 1'000'000'000'000'000) - 500'000'000'000'000;
  for (ValuedEvent& event : events) {
    event = {};
    event.at = at;
    at += static_cast<Micros>(kind.step * (1 + rng() % kind.most_steps));
    event.code = static_cast<std::int32_t>(rng() >> (64 - kind.code_bits));
    if (rng() % 16 < kind.values_in_16) {
      event.present |= 1;
      event.value = static_cast<std::int64_t>(rng()) >> (64 - kind.value_bits);
    }
    if (kind.has_property) {
      event.present |= 2;
      event.properties[0] =
          kind.least_property + static_cast<std::int32_t>(rng() % kind.properties);
    }
  }
  return events;
}

TEST(QuickImageProperty, IsTheOneImageWhereItIsWritten) {
  std::mt19937_64 rng(20261123);
  QuickImage quick;
  int written = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Kind kind = {
        std::array<std::uint64_t, 4>{3, 40, 200, 1100}[round % 100 == 0 ? 3 : rng() % 3],
        std::array<std::uint64_t, 4>{1000, 1000, 1'000'000, 1}[rng() % 4],
        std::uint64_t{1} << (1 + rng() % 33),
        static_cast<unsigned>(1 + (rng() % 8 == 0 ? rng() % 31 : rng() % 8)),
        std::array<std::uint64_t, 4>{0, 1, 8, 16}[rng() % 4],
        static_cast<unsigned>(1 + (rng() % 8 == 0 ? rng() % 64 : rng() % 33)),
        rng() % 4 != 0,
        static_cast<std::int32_t>(rng() % 8 == 0 ? rng() : rng() % 250),
        std::uint64_t{1} + rng() % (rng() % 8 == 0 ? 300 : 17)};
    std::vector<ValuedEvent> events = RandomEvents(rng, kind);
    switch (rng() % 12) {
      case 0:
        events[rng() % events.size()].at += 1;
        break;
      case 1:
        std::swap(events[rng() % events.size()], events[rng() % events.size()]);
        break;
      case 2:
        events.back().at = events[rng() % events.size()].at;
        break;
      case 3:
        events[rng() % events.size()].present &= 1;
        for (ValuedEvent& event : events) {
          if (!event.has_property(1)) event.properties[0] = 0;
        }
        break;
      default:
        break;
    }
    std::vector<Event> plain;
    for (const ValuedEvent& event : events) plain.push_back({event.at, event.code});
    written += IsQuick(&quick, events);
    written += IsQuick(&quick, plain);
    if (HasFailure()) FAIL() << "round " << round;
  }
  EXPECT_GT(written, kRounds / 4);
}

TEST(QuickImage, WritesWhatItSays) {
  QuickImage quick;
  std::mt19937_64 rng(20261124);
  Kind kind = {1024, 1000, 1'000'000, 8, 1, 32, true, 100, 16};
  const auto fits = [&] {
    std::vector<ValuedEvent> events = RandomEvents(rng, kind);
    if (events.size() > 1) {
      for (std::size_t i = 1; i < events.size(); ++i) events[i].at += 1000;
      if (Elapsed(events[0].at, events[1].at) % 1'000'000 == 0) events[0].at -= 1000;
    }
    return IsQuick(&quick, events);
  };
  for (int round = 0; round < 1000; ++round) ASSERT_TRUE(fits());
  kind.has_property = false;
  for (int round = 0; round < 1000; ++round) ASSERT_TRUE(fits());
  kind.values_in_16 = 16;
  for (int round = 0; round < 1000; ++round) ASSERT_TRUE(fits());
  // A property that takes more than four bits may be shorter with a dictionary.
  std::vector<ValuedEvent> two(2);
  two[0] = {1000, 1, 2, 0, {0}};
  two[1] = {3000, 1, 2, 0, {16}};
  EXPECT_FALSE(IsQuick(&quick, two));
  two[1].properties[0] = 15;
  EXPECT_TRUE(IsQuick(&quick, two));
  EXPECT_FALSE(IsQuick(&quick, std::vector<Event>()));
  EXPECT_TRUE(IsQuick(&quick, std::vector<Event>{{5, 255}}));
  EXPECT_FALSE(IsQuick(&quick, std::vector<Event>{{5, 256}}));
  EXPECT_FALSE(IsQuick(&quick, std::vector<Event>{{kMinInstant, 1}, {kEndInstant - 1, 1}}));
}

}  // namespace
}  // namespace cdp::timeline
