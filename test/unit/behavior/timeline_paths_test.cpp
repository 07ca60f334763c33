#include "core/behavior/timeline_paths.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "oracle/behavior_paths.h"
#include "unit/behavior/rounds.h"
#include "unit/timeline/random_events.h"

namespace cdp::behavior {
namespace {

using timeline::CodeSet;
using timeline::View;

auto* const kMemory = std::pmr::new_delete_resource();

// Codes of every width, some of which share their bit in the set.
constexpr std::int32_t kCodes[] = {0, 1, 64, 255, 256, 65536, 2147483647};

std::vector<oracle::Path> ListOf(const View& view, const PathQuestion& question) {
  PathList list(kMemory);
  ListPaths(view, question, &list);
  std::vector<oracle::Path> paths;
  std::size_t begin = 0;
  for (const std::size_t end : list.ends) {
    paths.emplace_back(list.codes.begin() + static_cast<std::ptrdiff_t>(begin),
                       list.codes.begin() + static_cast<std::ptrdiff_t>(end));
    begin = end;
  }
  return paths;
}

using Counts = std::map<oracle::Path, std::int64_t>;

Counts CountsOf(std::span<const std::byte> payload) {
  const TallyView view(payload);
  Counts counts;
  for (const TallyRow& row : TopOfTally(view, view.size(), kMemory)) {
    oracle::Path path;
    for (int i = 0; i < view.shape().parts && row.key[i] != kNoCode; ++i) {
      path.push_back(row.key[i]);
    }
    counts[path] = row.count;
  }
  return counts;
}

oracle::Events RandomLine(std::mt19937_64& rng) {
  oracle::Events events(rng() % 100 == 0 ? rng() % 700 : rng() % 14);
  const std::size_t alphabet = 1 + rng() % std::size(kCodes);
  const std::uint64_t instants = 1 + rng() % 30;
  const std::int64_t tick = rng() % 2 == 0 ? 1 : 1'000'000;
  for (auto& event : events) {
    event.at = static_cast<std::int64_t>(rng() % instants) * tick;
    event.code = kCodes[rng() % alphabet];
  }
  // Far apart: a pause that takes 64 bits.
  if (!events.empty() && rng() % 20 == 0) events[0].at = timeline::kMinInstant;
  if (!events.empty() && rng() % 20 == 0) events[0].at = timeline::kEndInstant - 1;
  return oracle::Sorted(events);
}

// Each person by itself, then all in tables that are merged.
void ExpectPaths(const std::vector<oracle::Events>& people, const PathQuestion& question,
                 const oracle::PathRule& rule) {
  const TallyShape shape{TallyKind::kPaths, static_cast<std::uint8_t>(question.depth), false, 7};
  TallyTable tally(shape, kMemory);
  TallyTable other(shape, kMemory);
  Counts slow;
  for (std::size_t person = 0; person < people.size(); ++person) {
    const auto image = timeline::Write(people[person]);
    const auto paths = oracle::Paths(people[person], question.gap, rule);
    ASSERT_EQ(ListOf(View(image), question), paths);
    for (const auto& path : paths) ++slow[path];
    CountPaths(View(image), question, person == 0 ? &tally : &other, kMemory);
  }
  const std::size_t other_size = other.size();
  tally.Merge({reinterpret_cast<const std::byte*>(other.block()) + kTallyLengthWord,
               other_size - kTallyLengthWord});
  const auto sealed = SealTally(tally, kMemory);
  ASSERT_EQ(CountsOf(sealed), slow);
  ASSERT_EQ(CheckedTally(sealed, ErrorCode::kInvalidText, kMemory), sealed);
  kMemory->deallocate(tally.block(), tally.size(), 8);
  kMemory->deallocate(other.block(), other_size, 8);
}

TEST(TimelinePathsProperty, AgreeWithTheDefinition) {
  std::mt19937_64 rng(20250301);
  for (int round = 0; round < kRounds; ++round) {
    oracle::PathRule rule{.depth = 1 + rng() % 6};
    std::vector<std::int32_t> chosen;
    if (rng() % 2 == 0) {
      if (rng() % 3 == 0) {
        for (std::size_t i = 0; i < 3; ++i) chosen.push_back(kCodes[rng() % std::size(kCodes)]);
        rule.codes.emplace(chosen.begin(), chosen.end());
      }
      if (rng() % 3 == 0) rule.start = kCodes[rng() % 4];
      if (rng() % 3 == 0) rule.end = kCodes[rng() % 4];
      rule.reverse = rng() % 3 == 0;
      rule.collapse = rng() % 3 == 0;
    }
    const CodeSet codes(chosen, kMemory);
    const PathQuestion question{.gap = rng() % 12 * (rng() % 2 == 0 ? 1 : 1'000'000),
                                .depth = static_cast<int>(rule.depth),
                                .codes = rule.codes ? &codes : nullptr,
                                .start = rule.start,
                                .end = rule.end,
                                .reverse = rule.reverse,
                                .collapse = rule.collapse};
    ExpectPaths({RandomLine(rng), RandomLine(rng)}, question, rule);
    if (HasFatalFailure()) FAIL() << "round " << round;
  }
}

// So many that the table gives paths of few codes places of their own.
TEST(TimelinePathsProperty, ManyPathsOfFewCodes) {
  std::mt19937_64 rng(20250302);
  for (const int depth : {3, 3, 4}) {
    const PathQuestion question{.gap = 3, .depth = depth};
    const oracle::PathRule rule{.depth = static_cast<std::size_t>(depth)};
    std::vector<oracle::Events> people(2);
    for (oracle::Events& events : people) {
      events.resize(10000);
      std::int64_t at = 0;
      for (auto& event : events) {
        at += 1 + static_cast<std::int64_t>(rng() % 20 == 0 ? rng() % 9 : rng() % 2);
        event.at = at;
        event.code = rng() % 64 == 0 ? 200 : static_cast<std::int32_t>(rng() % 20);
      }
    }
    ExpectPaths(people, question, rule);
    if (HasFatalFailure()) FAIL() << "depth " << depth;
  }
}

TEST(TimelineSessionsProperty, AgreeWithTheDefinition) {
  std::mt19937_64 rng(20250302);
  for (int round = 0; round < kRounds; ++round) {
    const auto events = RandomLine(rng);
    const auto image = timeline::Write(events);
    const std::uint64_t gap = rng() % 12 * (rng() % 2 == 0 ? 1 : 1'000'000);
    const auto slow = oracle::Sessions(events, gap);
    const auto fast = SessionsOf(View(image), {.gap = gap}, kMemory);
    ASSERT_EQ(fast.size(), slow.size());
    for (std::size_t i = 0; i < slow.size(); ++i) {
      ASSERT_EQ(fast[i].first, slow[i].front().at);
      ASSERT_EQ(fast[i].last, slow[i].back().at);
      ASSERT_EQ(fast[i].events, static_cast<std::int64_t>(slow[i].size()));
      ASSERT_EQ(fast[i].first_code, slow[i].front().code);
      ASSERT_EQ(fast[i].last_code, slow[i].back().code);
    }
  }
}

TEST(TimelineSessions, EndAtMidnightAndAtTheMaximum) {
  const auto image =
      timeline::Write({{-1, 1, {}, {}}, {0, 2, {}, {}}, {5, 3, {}, {}}, {10, 4, {}, {}}});
  Zone utc;
  EXPECT_EQ(SessionsOf(View(image), {.gap = 100}, kMemory).size(), 1u);
  EXPECT_EQ(SessionsOf(View(image), {.gap = 100, .midnights = &utc}, kMemory).size(), 2u);
  EXPECT_EQ(SessionsOf(View(image), {.gap = 100, .max_length = 6}, kMemory).size(), 2u);
  EXPECT_EQ(SessionsOf(View(image), {.gap = 100, .max_length = 5}, kMemory).size(), 2u);
  EXPECT_EQ(SessionsOf(View(image), {.gap = 100, .max_length = 0}, kMemory).size(), 4u);
}

TEST(TimelinePaths, RefuseQuestions) {
  EXPECT_THROW(CheckPathQuestion({.gap = 0, .depth = 0}), Error);
  EXPECT_THROW(CheckPathQuestion({.gap = 0, .depth = 17}), Error);
  EXPECT_THROW(CheckPathQuestion({.gap = 0, .depth = 2, .start = -1}), Error);
  EXPECT_THROW(CheckPathQuestion({.gap = 0, .depth = 2, .end = -1}), Error);
  EXPECT_NO_THROW(CheckPathQuestion({.gap = 0, .depth = 16}));
}

}  // namespace
}  // namespace cdp::behavior
