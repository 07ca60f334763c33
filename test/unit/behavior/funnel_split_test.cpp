#include "core/behavior/funnel_split.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "core/timeline/timeline_writer.h"
#include "unit/behavior/rounds.h"

namespace cdp::behavior {
namespace {

using timeline::ValuedEvent;

std::vector<std::byte> ImageOf(std::vector<ValuedEvent> events) {
  std::sort(events.begin(), events.end());
  const std::span<const ValuedEvent> sorted(events);
  const auto layout = timeline::MeasureEvents(sorted, std::pmr::get_default_resource());
  std::vector<std::byte> image(layout.size());
  timeline::WriteImage(layout, sorted, image.data());
  return image;
}

constexpr TallyShape kShape{TallyKind::kFunnel, kSplitParts, false, 42};

TEST(FunnelSplitProperty, CountsWhatTheFunnelSaysOfEachTimeline) {
  std::mt19937_64 rng(20250401);
  for (int round = 0; round < kRounds / 600; ++round) {
    std::pmr::monotonic_buffer_resource memory;
    RuledFunnel funnel({.steps = "1, 2|3, 1", .window = FunnelWindow(rng() % 8)}, &memory);
    const SplitBy by{1, static_cast<int>(rng() % 5) - 1};
    TallyTable tally(kShape, &memory);
    // By whether there is a property, the property, and the step.
    std::map<std::tuple<bool, std::int32_t, int>, std::int64_t> wanted;
    for (std::uint64_t person = rng() % 40; person > 0; --person) {
      std::vector<ValuedEvent> events(rng() % 8);
      for (ValuedEvent& event : events) {
        event = {};
        event.at = static_cast<Micros>(rng() % 12);
        event.code = static_cast<std::int32_t>(rng() % 4);
        if (rng() % 4 != 0) {
          event.present = 2;
          event.properties[0] = static_cast<std::int32_t>(rng() % 3) - 1;
        }
      }
      const auto image = ImageOf(events);
      const timeline::View view{std::span<const std::byte>(image)};
      CountSplit(view, by, &funnel, &tally);
      const int depth = funnel.Depth(view);
      if (depth == 0) continue;
      std::optional<std::int32_t> key;
      if (by.step <= 0) {
        std::sort(events.begin(), events.end());
        const ValuedEvent& first = *std::find_if(
            events.begin(), events.end(),
            [&by](const ValuedEvent& event) { return by.step == 0 || event.code == 1; });
        if (first.has_property(1)) key = static_cast<std::int32_t>(first.properties[0]);
      } else {
        key = funnel.Split(view, by.step, 1).property;
      }
      for (int step = 1; step <= 3; ++step) {
        wanted[{key.has_value(), key.value_or(0), step}] += step <= depth ? 1 : 0;
      }
    }
    const auto sealed = SealTally(tally, &memory);
    std::map<std::tuple<bool, std::int32_t, int>, std::int64_t> rows;
    for (const SplitRow& row : SplitOf(TallyView(sealed), &memory)) {
      const bool is_new =
          rows.insert({{row.property.has_value(), row.property.value_or(0), row.step}, row.users})
              .second;
      ASSERT_TRUE(is_new) << "round " << round;
    }
    ASSERT_EQ(rows, wanted) << "round " << round;
  }
}

std::string Failure(std::initializer_list<std::array<std::int32_t, 4>> keys,
                    std::int64_t count = 1) {
  std::pmr::monotonic_buffer_resource memory;
  TallyTable tally(kShape, &memory);
  for (const auto& key : keys) tally.Add(key, count);
  const auto sealed = SealTally(tally, &memory);
  try {
    SplitOf(TallyView(sealed), &memory);
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

TEST(FunnelSplit, DoubtsForeignRows) {
  EXPECT_EQ(Failure({{1, 5, 2, 3}, {0, 0, 1, 3}}), "none");
  EXPECT_EQ(Failure({{1, 5, 4, 3}}), "tally is corrupt");
  EXPECT_EQ(Failure({{1, 5, 0, 3}}), "tally is corrupt");
  EXPECT_EQ(Failure({{2, 5, 1, 3}}), "tally is corrupt");
  EXPECT_EQ(Failure({{1, 5, 1, 65}}), "tally is corrupt");
  EXPECT_EQ(Failure({{1, 5, 1, 3}, {1, 6, 1, 4}}), "tally is corrupt");
  EXPECT_EQ(Failure({{1, 5, 1, 3}, {1, 5, 2, 3}}, INT64_MAX),
            "number of users is out of range of type bigint");
}

TEST(FunnelSplit, RefusesWhatDoesNotExist) {
  EXPECT_NO_THROW(CheckSplit({4, 3}, 3));
  EXPECT_NO_THROW(CheckSplit({1, kFirstToFill}, 3));
  EXPECT_THROW(CheckSplit({0, 1}, 3), Error);
  EXPECT_THROW(CheckSplit({5, 1}, 3), Error);
  EXPECT_THROW(CheckSplit({1, -2}, 3), Error);
  EXPECT_THROW(CheckSplit({1, 4}, 3), Error);
}

}  // namespace
}  // namespace cdp::behavior
