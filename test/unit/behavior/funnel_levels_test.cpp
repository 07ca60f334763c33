#include "core/behavior/funnel_levels.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "oracle/behavior.h"
#include "unit/behavior/rounds.h"

namespace cdp::behavior {
namespace {

using timeline::Event;
using timeline::UserRows;

auto* const memory = std::pmr::get_default_resource();

int SlowDepth(const std::vector<oracle::Row>& rows, int steps, std::uint64_t window,
              FunnelMode mode) {
  if (mode.order || mode.deduplicate) {
    return oracle::StrictFunnel(
               rows, steps, window,
               {mode.order, mode.deduplicate, mode.increase, mode.once, mode.reentry})
        .Depth();
  }
  return oracle::Funnel(rows, steps, window, {mode.increase, mode.once}).Depth();
}

TEST(FunnelLevelsProperty, AgreesWithTheDefinitionOfEveryUsersFunnel) {
  const FunnelMode modes[] = {{},
                              {.increase = true},
                              {.once = true},
                              {.order = true},
                              {.order = true, .reentry = true},
                              {.deduplicate = true},
                              {.order = true, .deduplicate = true, .increase = true},
                              {.deduplicate = true, .once = true}};
  std::mt19937_64 rng(20250711);
  for (int round = 0; round < kRounds / 10; ++round) {
    const FunnelMode mode = modes[rng() % std::size(modes)];
    const int steps = static_cast<int>(1 + rng() % 4);
    const std::uint64_t window = rng() % 12;
    std::pmr::monotonic_buffer_resource room;
    UserRows rows(&room);
    std::map<std::int64_t, std::vector<oracle::Row>> people;
    int highest = 0;
    for (std::size_t left = rng() % 40; left > 0; --left) {
      const auto user = static_cast<std::int64_t>(rng() % 8);
      const auto step = static_cast<int>(rng() % static_cast<unsigned>(steps + 1));
      if (step == 0 && !mode.order) continue;
      const auto at = static_cast<Micros>(rng() % 12);
      highest = std::max(highest, step);
      rows.Add(user, Event{at, step});
      people[user].push_back({at, step == 0 ? 0 : std::uint64_t{1} << (step - 1)});
    }
    std::vector<std::int64_t> slow(static_cast<std::size_t>(highest));
    for (const auto& [user, events] : people) {
      const int depth = SlowDepth(events, std::max(highest, 1), window, mode);
      for (int level = 0; level < depth; ++level) ++slow[static_cast<std::size_t>(level)];
    }
    const LevelTerms terms{PackFunnelMode(mode), highest, window};
    const auto levels = FunnelLevels(rows.Segments(memory), terms, memory);
    ASSERT_EQ(std::vector<std::int64_t>(levels.begin(), levels.end()), slow) << "round " << round;
    // The same from bytes.
    const auto packed = terms.Pack();
    std::copy(packed.begin(), packed.end(), rows.terms().begin());
    std::vector<std::byte> bytes(rows.FlatSize());
    rows.FlattenInto(bytes.data());
    CheckFunnelLevels(bytes, ErrorCode::kInvalidBinary);
    const auto header = timeline::ReadUserRowsHeader(bytes);
    const auto again = FunnelLevels(timeline::ReadUserRows(bytes, memory),
                                    LevelTerms::Unpack(header.terms), memory);
    ASSERT_EQ(again, levels) << "round " << round;
  }
}

TEST(FunnelLevels, CanBeStopped) {
  struct Stopped {};
  std::pmr::monotonic_buffer_resource room;
  UserRows rows(&room);
  for (int i = 0; i < 200'000; ++i) rows.Add(i % 7, Event{-i, 1 + i % 3});
  const LevelTerms terms{0, 3, 10};
  rows.terms() = terms.Pack();
  std::vector<std::byte> bytes(rows.FlatSize());
  rows.FlattenInto(bytes.data());
  stop_hook = [] { throw Stopped(); };
  EXPECT_THROW(FunnelLevels(rows.Segments(memory), terms, memory), Stopped);
  EXPECT_THROW(timeline::CountRows(rows.Segments(memory)), Stopped);
  EXPECT_THROW(CheckFunnelLevels(bytes, ErrorCode::kInvalidBinary), Stopped);
  stop_hook = nullptr;
}

TEST(FunnelLevels, TermsThatNobodyWroteAreRefused) {
  const auto refused = [](std::array<std::uint32_t, 3> terms) {
    try {
      LevelTerms::Unpack(terms);
    } catch (const Error& error) {
      return error.code() == ErrorCode::kCorruptData;
    }
    return false;
  };
  const LevelTerms terms{PackFunnelMode({.order = true}), 64, std::uint64_t{1} << 40};
  const auto back = LevelTerms::Unpack(terms.Pack());
  EXPECT_EQ(back.mode, terms.mode);
  EXPECT_EQ(back.steps, 64);
  EXPECT_EQ(back.window, terms.window);
  EXPECT_TRUE(refused({65u << 8, 0, 0}));
  EXPECT_TRUE(refused({0x80000000, 0, 0}));
  EXPECT_TRUE(refused({16, 0, 0}));
  EXPECT_TRUE(refused({0, 0, 0x80000000}));
}

TEST(FunnelLevels, RowsBeyondTheStepsAreRefused) {
  std::pmr::monotonic_buffer_resource room;
  UserRows rows(&room);
  rows.Add(1, Event{0, 3});
  rows.terms() = LevelTerms{0, 2, 10}.Pack();
  std::vector<std::byte> bytes(rows.FlatSize());
  rows.FlattenInto(bytes.data());
  EXPECT_THROW(CheckFunnelLevels(bytes, ErrorCode::kInvalidText), Error);
  EXPECT_THROW(FunnelLevels(rows.Segments(memory), LevelTerms{0, 2, 10}, memory), Error);
}

}  // namespace
}  // namespace cdp::behavior
