#include "core/behavior/retention.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "oracle/behavior.h"
#include "unit/behavior/rounds.h"

namespace cdp::behavior {
namespace {

TEST(RetentionProperty, AgreesWithTheDefinition) {
  std::mt19937_64 rng(20250106);
  for (int round = 0; round < kRounds; ++round) {
    const int conditions = static_cast<int>(1 + rng() % 32);
    std::vector<std::vector<bool>> rows(1 + rng() % 4, std::vector<bool>(conditions));
    Retention fast(conditions, 0);
    for (auto& row : rows) {
      std::uint32_t held = 0;
      for (int i = 0; i < conditions; ++i) {
        row[i] = rng() % 4 == 0;
        held |= std::uint32_t{row[i]} << i;
      }
      fast.Merge(Retention::Unpack(Retention(conditions, held).Pack()));
    }
    std::int32_t answer[Retention::kMaxConditions];
    fast.Answer(answer);
    ASSERT_EQ(std::vector<int>(answer, answer + conditions), oracle::Retained(rows, conditions))
        << "round " << round;
  }
}

TEST(Retention, RefusesOtherNumbersOfConditions) {
  Retention state(2, 1);
  EXPECT_THROW(state.Merge(Retention(3, 1)), Error);
}

TEST(Retention, RefusesNumbersThatAreNoState) {
  for (const std::int64_t packed :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{33} << 32, (std::int64_t{2} << 32) + 4}) {
    EXPECT_THROW(Retention::Unpack(packed), Error) << packed;
  }
  EXPECT_EQ(Retention::Unpack((std::int64_t{32} << 32) + 0xffffffff).conditions(), 32);
}

}  // namespace
}  // namespace cdp::behavior
