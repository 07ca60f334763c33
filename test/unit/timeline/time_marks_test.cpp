#include "core/timeline/time_marks.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "core/base/zone.h"

namespace cdp::timeline {
namespace {

class TimeMarksTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override { UsePortableTimeMarks(GetParam()); }
  void TearDown() override { UsePortableTimeMarks(false); }
};

// Instants are as many as they are, so the address sanitizer sees a load behind them.
TEST_P(TimeMarksTest, TellShortPauses) {
  std::mt19937_64 rng(20250712);
  for (int round = 0; round < 5000; ++round) {
    const std::uint64_t gap = rng() >> (rng() % 64);
    std::vector<Micros> at(2 + rng() % 64);
    at[0] = static_cast<Micros>(rng());
    std::uint64_t wanted = 0;
    for (std::size_t i = 0; i + 1 < at.size(); ++i) {
      // Also the gap itself, one more, and what goes round.
      const std::uint64_t pause = rng() % 3 == 0 ? gap + rng() % 3 - 1 : rng() >> (rng() % 64);
      at[i + 1] = static_cast<Micros>(static_cast<std::uint64_t>(at[i]) + pause);
      wanted |= std::uint64_t{pause <= gap} << i;
    }
    ASSERT_EQ(MarkShortPauses(at.data(), at.size() - 1, gap), wanted) << "round " << round;
  }
}

TEST_P(TimeMarksTest, TellDays) {
  std::mt19937_64 rng(20250713);
  for (int round = 0; round < 5000; ++round) {
    const Micros midnight = static_cast<Micros>(rng() >> 8) - (Micros{1} << 55);
    std::vector<Micros> at(1 + rng() % (round % 10 == 0 ? 256 : 12));
    std::uint64_t wanted = 0;
    for (Micros& instant : at) {
      const std::uint64_t day = rng() % 64;
      const std::int64_t of_day = rng() % 3 == 0 ? 0 : static_cast<std::int64_t>(rng() >> 20);
      instant = midnight + static_cast<Micros>(day) * kMicrosPerDay + of_day % kMicrosPerDay;
      // The last microsecond of a day too.
      if (rng() % 4 == 0) instant += kMicrosPerDay - 1 - of_day % kMicrosPerDay;
      wanted |= std::uint64_t{1} << day;
    }
    ASSERT_EQ(MarkDays(at.data(), at.size(), midnight), wanted) << "round " << round;
  }
}

// What no door lets in is answered without a trap.
TEST_P(TimeMarksTest, DaysFarAwayGoRound) {
  const Micros at[] = {INT64_MIN, -1, 0, INT64_MAX, INT64_MIN, INT64_MAX};
  EXPECT_NE(MarkDays(at, 6, INT64_MIN), 0u);
  EXPECT_NE(MarkDays(at, 2, INT64_MAX), 0u);
}

INSTANTIATE_TEST_SUITE_P(Kernels, TimeMarksTest, testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Portable" : "Best"; });

}  // namespace
}  // namespace cdp::timeline
