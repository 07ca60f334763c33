#include <gtest/gtest.h>

#include <random>
#include <string>

#include "core/base/error.h"
#include "core/timeline/timeline_check.h"
#include "unit/timeline/random_events.h"

namespace cdp::timeline {
namespace {

std::string Refusal(std::span<const std::byte> image) {
  try {
    CheckImage(image, ErrorCode::kInvalidBinary, std::pmr::get_default_resource());
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidBinary);
    return std::string(error.what()) + ": " + error.detail();
  }
  return "no error";
}

TEST(TimelineImageProperty, IsTheDocumentedImageAndReadsBack) {
  std::mt19937_64 rng(20250201);
  for (int round = 0; round < kRounds; ++round) {
    const oracle::Events events = RandomEvents(rng);
    const auto image = Write(events);
    ASSERT_EQ(image, oracle::Image(events)) << "round " << round;
    ASSERT_EQ(Read(image), events) << "round " << round;
    ASSERT_EQ(Refusal(image), "no error") << "round " << round;
    // Wider records than the events need make no difference.
    if (round % 8 == 0) {
      ASSERT_EQ(WriteAs<FullEvent>(events), image) << "round " << round;
    }
    const View view(image);
    ASSERT_EQ(view.count(), events.size());
    std::size_t index = 0;
    ForEachEvent(view, [&](Micros at, std::int32_t code) {
      ASSERT_LT(index, events.size());
      ASSERT_EQ(at, events[index].at);
      ASSERT_EQ(code, events[index++].code);
    });
    ASSERT_EQ(index, events.size()) << "round " << round;
    if (!events.empty()) {
      ASSERT_EQ(view.first(), events.front().at);
      ASSERT_EQ(view.last(), events.back().at);
    }
  }
}

// Any change of an image is another timeline or none, and neither check nor readers pass the end:
// the copy is exactly as long as the image, so the address sanitizer sees them do so.
TEST(TimelineImageProperty, DamageIsSeenOrIsAnotherTimeline) {
  std::mt19937_64 rng(20250202);
  for (int round = 0; round < kRounds; ++round) {
    const auto image = Write(RandomEvents(rng));
    std::vector<std::byte> damaged(image.begin(), image.end());
    for (std::uint64_t i = 1 + rng() % 3; i > 0; --i) {
      damaged[rng() % damaged.size()] ^= static_cast<std::byte>(1 << (rng() % 8));
    }
    if (rng() % 3 == 0) damaged.resize(rng() % (damaged.size() + 1));
    const std::vector<std::byte> exact(damaged);
    if (Refusal(exact) == "no error") {
      ASSERT_EQ(oracle::Image(Read(exact)), exact) << "round " << round;
    } else {
      try {
        Read(exact);
      } catch (const Error& error) {
        ASSERT_EQ(error.code(), ErrorCode::kCorruptData);
      }
    }
  }
}

/// Ten visits of six events: seconds within a visit, days between visits.
oracle::Events Visits(bool with_channel_and_amount) {
  std::mt19937_64 rng(20250203);
  oracle::Events events;
  std::int64_t at = 757'382'400'000'000;
  for (int visit = 0; visit < 10; ++visit) {
    at += static_cast<std::int64_t>(rng() % (4 * 86'400'000)) * 1000;
    const auto channel = static_cast<std::int32_t>(1 + rng() % 12);
    for (int i = 0; i < 6; ++i) {
      at += static_cast<std::int64_t>(rng() % 120'000) * 1000;
      oracle::TimelineEvent event;
      event.at = at;
      event.code = static_cast<std::int32_t>(rng() % 20);
      if (with_channel_and_amount) {
        event.properties[0] = channel;
        if (event.code >= 17) event.value = static_cast<std::int64_t>(rng() % 50'000);
      }
      events.push_back(event);
    }
  }
  return events;
}

TEST(TimelineImage, TakesSixBytesAnEventOfMilliseconds) {
  const auto events = Visits(false);
  EXPECT_LE(Write(events).size(), 6 * events.size());
}

TEST(TimelineImage, TakesSevenWithChannelAndAmount) {
  const auto events = Visits(true);
  EXPECT_LE(Write(events).size(), 7 * events.size());
}

TEST(TimelineImage, NoEventsAreAHeader) {
  const auto image = Write({});
  EXPECT_EQ(image.size(), sizeof(ImageHeader));
  EXPECT_EQ(Refusal(image), "no error");
  EXPECT_TRUE(Read(image).empty());
}

TEST(TimelineImage, TheWholeRangeOfTimeFits) {
  const oracle::Events events = {{kMinInstant, 0, {}, {}}, {kEndInstant - 1, 2147483647, {}, {}}};
  EXPECT_EQ(Read(Write(events)), events);
  EXPECT_EQ(Refusal(Write(events)), "no error");
}

TEST(TimelineImage, RefusesWhatNoWriterWrites) {
  const std::string corrupt = "timeline is corrupt: ";
  const auto with = [](std::size_t at, int byte) {
    auto image = Write({{0, 1, {}, {}}, {1000, 2, {}, {}}});
    image[at] = static_cast<std::byte>(byte);
    return image;
  };
  EXPECT_EQ(Refusal({}), "unrecognized timeline format: The value begins with version 0, not 1.");
  EXPECT_EQ(Refusal(with(0, kBuildVersion)),
            "unrecognized timeline format: The value begins with version 129, not 1.");
  const std::string unknown =
      "unrecognized timeline format: The value has columns or encodings that this version of "
      "pg_cdp does not know.";
  EXPECT_EQ(Refusal(with(1, 0x20)), unknown);
  EXPECT_EQ(Refusal(with(2, 0x03)), unknown);
  EXPECT_EQ(Refusal(with(2, 0x0c)), unknown);
  EXPECT_EQ(Refusal(with(2, 0x30)), unknown);
  EXPECT_EQ(Refusal(with(2, 0x41)), unknown);
  EXPECT_EQ(Refusal(with(3, 1)), unknown);
  EXPECT_EQ(Refusal(with(4, 3)), "timeline is truncated: ");
  EXPECT_EQ(Refusal(with(7, 0xff)), corrupt + "The number of events is out of range.");
  EXPECT_EQ(Refusal(with(15, 0x80)), corrupt + "An instant is out of range.");
  EXPECT_EQ(Refusal(with(16, 1)), corrupt + "The header contradicts the events.");
  EXPECT_EQ(Refusal(with(24, 2)), corrupt + "The header contradicts the events.");
  EXPECT_EQ(Refusal(with(34, 0x10)), corrupt + "A control without a number is not zero.");
  auto longer = Write({{0, 1, {}, {}}, {1000, 2, {}, {}}});
  longer.push_back(std::byte{0});
  EXPECT_EQ(Refusal(longer), corrupt + "The size contradicts the events.");
  auto unsorted = Write({{0, 1, {}, {}}, {0, 2, {}, {}}});
  std::swap(unsorted[32], unsorted[33]);
  EXPECT_EQ(Refusal(unsorted), corrupt + "The events are not in order.");
  auto negative = Write({{0, 70'000, {}, {}}});
  negative[35] = std::byte{0x80};
  EXPECT_EQ(Refusal(negative), corrupt + "An event code is negative.");
}

TEST(BuildForm, IsReadWithinItsBytes) {
  std::vector<std::byte> bytes(8 + 2 * sizeof(Event));
  bytes[0] = std::byte{kBuildVersion};
  bytes[4] = std::byte{2};
  EXPECT_EQ(ReadBuildForm(bytes).count, 2u);
  EXPECT_TRUE(ReadBuildForm(bytes).sorted);
  bytes[1] = std::byte{kUnsorted};
  EXPECT_FALSE(ReadBuildForm(bytes).sorted);
  bytes[4] = std::byte{3};
  EXPECT_THROW(ReadBuildForm(bytes), Error);
  bytes.resize(5);
  EXPECT_THROW(ReadBuildForm(bytes), Error);
}

}  // namespace
}  // namespace cdp::timeline
