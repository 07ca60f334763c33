#include "core/audience/share.h"

#include <gtest/gtest.h>

#include <cmath>

namespace cdp::audience {
namespace {

// Whoever was held out must stay so in every version to come.
TEST(Share, NeverChanges) {
  EXPECT_EQ(Lottery("").Share(0), 0x1.8702f802d749fp-1);
  EXPECT_EQ(Lottery("spring").Share(1), 0x1.68e6f19178f2cp-1);
  EXPECT_EQ(Lottery("\xe6\x98\xa5").Share(0xffffffff), 0x1.8ff9f650053dp-4);
}

TEST(Share, IsEvenAndIndependentOfOtherSalts) {
  constexpr int kPeople = 100'000;
  int low = 0;
  int low_twice = 0;
  double sum = 0;
  for (std::uint32_t id = 1; id <= kPeople; ++id) {
    const double share = Lottery("a").Share(id);
    ASSERT_GE(share, 0);
    ASSERT_LT(share, 1);
    sum += share;
    low += share < 0.1;
    low_twice += share < 0.1 && Lottery("b").Share(id) < 0.1;
  }
  // Five standard deviations.
  EXPECT_NEAR(sum / kPeople, 0.5, 5 * std::sqrt(1.0 / 12 / kPeople));
  EXPECT_NEAR(low, 0.1 * kPeople, 5 * std::sqrt(0.09 * kPeople));
  EXPECT_NEAR(low_twice, 0.01 * kPeople, 5 * std::sqrt(0.0099 * kPeople));
}

}  // namespace
}  // namespace cdp::audience
