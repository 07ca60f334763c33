#include "core/behavior/timeline_attribution.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "oracle/behavior_attribution.h"
#include "unit/behavior/rounds.h"
#include "unit/timeline/random_events.h"

namespace cdp::behavior {
namespace {

using timeline::CodeSet;
using timeline::View;

auto* const kMemory = std::pmr::new_delete_resource();
constexpr const char* kModels[] = {"first",    "last",       "last_non_direct", "linear",
                                   "position", "time_decay", "participation"};

oracle::Events RandomLine(std::mt19937_64& rng) {
  oracle::Events events(rng() % 200 == 0 ? rng() % 600 : rng() % 14);
  const std::uint64_t instants = 1 + rng() % (rng() % 3 == 0 ? 100'000 : 20);
  const std::uint64_t codes = 1 + rng() % 6;
  const bool large = rng() % 8 == 0;
  for (auto& event : events) {
    event.at = static_cast<std::int64_t>(rng() % instants) * 1000;
    event.code = static_cast<std::int32_t>(rng() % codes) * 64;
    if (rng() % 4 != 0) event.value = static_cast<std::int64_t>(rng() % 300) - 30;
    if (large) event.value = static_cast<std::int64_t>(rng());
    if (large && rng() % 8 == 0) event.value = INT64_MIN;
    if (rng() % 3 != 0) event.properties[0] = static_cast<std::int32_t>(rng() % 4) - 1;
    if (rng() % 3 == 0) event.properties[2] = static_cast<std::int32_t>(rng());
  }
  return oracle::Sorted(events);
}

std::vector<std::int32_t> RandomCodes(std::mt19937_64& rng) {
  std::vector<std::int32_t> codes(rng() % 4);
  for (auto& code : codes) code = static_cast<std::int32_t>(rng() % 6) * 64;
  return codes;
}

TEST(TimelineAttributionProperty, AgreesWithTheDefinitionInEveryModel) {
  std::mt19937_64 rng(20250401);
  int overflows = 0;
  for (int round = 0; round < kRounds; ++round) {
    const auto events = RandomLine(rng);
    const auto image = timeline::Write(events);
    const auto targets = RandomCodes(rng);
    const auto touches = RandomCodes(rng);
    const CodeSet target_set(targets, kMemory);
    const CodeSet touch_set(touches, kMemory);
    AttributionQuestion question{.targets = &target_set,
                                 .touches = &touch_set,
                                 .window = rng() % 10 == 0  ? UINT64_MAX
                                           : rng() % 4 == 0 ? rng() % 100'000'000
                                                            : rng() % 20 * 1000};
    const char* model = kModels[static_cast<std::size_t>(round) % std::size(kModels)];
    question.model = ParseAttributionModel(model);
    question.property = static_cast<int>(rng() % 5);
    question.direct = static_cast<std::int32_t>(rng() % 3) - 1;
    question.half_life = 1 + rng() % 9000;
    const oracle::AttributionRule rule{{targets.begin(), targets.end()},
                                       {touches.begin(), touches.end()},
                                       question.window,
                                       model,
                                       question.property,
                                       question.direct,
                                       static_cast<double>(question.half_life)};
    const auto slow = oracle::Attribute(events, rule);
    std::vector<oracle::EarnedCredit> fast;
    for (const Credit& credit : CreditsOf(View(image), question, kMemory)) {
      fast.push_back({credit.converted, credit.touched ? std::optional(credit.touch) : std::nullopt,
                      credit.key, credit.credit});
    }
    ASSERT_EQ(fast, slow) << "round " << round << " " << model;
    std::map<std::pair<int, std::int32_t>, std::pair<std::int64_t, __int128>> sums;
    for (const auto& credit : slow) {
      const int kind = !credit.touched ? 0 : !credit.key ? 1 : 2;
      auto& [count, total] = sums[{kind, credit.key.value_or(0)}];
      ++count;
      total += credit.credit;
    }
    TallyTable tally({TallyKind::kCredit, kCreditParts, true, 7}, kMemory);
    try {
      CountCredits(View(image), question, &tally, kMemory);
      const auto sealed = SealTally(tally, kMemory);
      const TallyView rows(sealed);
      ASSERT_EQ(rows.size(), sums.size()) << "round " << round << " " << model;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const TallyRow row = rows.At(i);
        const auto& [count, total] = sums.at({row.key[0], row.key[1]});
        ASSERT_EQ(row.count, count) << "round " << round << " " << model;
        ASSERT_TRUE(row.total == total) << "round " << round << " " << model;
      }
    } catch (const Error& error) {
      ASSERT_EQ(error.code(), ErrorCode::kOutOfRange);
      ++overflows;
    }
    kMemory->deallocate(tally.block(), tally.size(), 8);
  }
  EXPECT_LT(overflows, kRounds / 10);
}

// A conversion at each second, after touches in the seconds before it: every credit to the last
// unit.
TEST(TimelineAttributionProperty, CreditsOfAConversionSumToItsValue) {
  std::mt19937_64 rng(20250402);
  for (int round = 0; round < kRounds / 4; ++round) {
    oracle::Events events(1 + rng() % 9);
    for (auto& event : events) event.at = static_cast<std::int64_t>(rng() % 5000);
    const auto value = static_cast<std::int64_t>(rng()) >> (rng() % 64);
    events.push_back({5000, 1, value, {}});
    const auto image = timeline::Write(oracle::Sorted(events));
    const CodeSet targets(std::vector<std::int32_t>{1}, kMemory);
    const CodeSet touches(std::vector<std::int32_t>{0}, kMemory);
    for (const auto model :
         {AttributionModel::kLinear, AttributionModel::kPosition, AttributionModel::kTimeDecay}) {
      const AttributionQuestion question{.targets = &targets,
                                         .touches = &touches,
                                         .window = 5000,
                                         .model = model,
                                         .half_life = 1 + rng() % 3000};
      std::uint64_t sum = 0;
      for (const Credit& credit : CreditsOf(View(image), question, kMemory)) {
        sum += static_cast<std::uint64_t>(credit.credit);
      }
      ASSERT_EQ(static_cast<std::int64_t>(sum), value) << "round " << round;
    }
  }
}

TEST(TimelineAttribution, RefusesQuestions) {
  const CodeSet none({}, kMemory);
  const AttributionQuestion question{.targets = &none, .touches = &none, .window = 0};
  EXPECT_NO_THROW(CheckAttribution(question));
  for (const int property : {-1, 5}) {
    AttributionQuestion wrong = question;
    wrong.property = property;
    EXPECT_THROW(CheckAttribution(wrong), Error);
  }
  AttributionQuestion no_direct = question;
  no_direct.model = AttributionModel::kLastNonDirect;
  EXPECT_THROW(CheckAttribution(no_direct), Error);
  AttributionQuestion no_life = question;
  no_life.model = AttributionModel::kTimeDecay;
  EXPECT_THROW(CheckAttribution(no_life), Error);
  EXPECT_THROW(ParseAttributionModel("Last"), Error);
}

}  // namespace
}  // namespace cdp::behavior
