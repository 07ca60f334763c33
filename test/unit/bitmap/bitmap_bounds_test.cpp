#include "core/bitmap/bitmap_bounds.h"

#include <gtest/gtest.h>

#include <limits>

#include "oracle/bitmap.h"

namespace cdp::bitmap {
namespace {

using oracle::Set;

constexpr std::int32_t kLeast = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t kGreatest = std::numeric_limits<std::int32_t>::max();

SignedBounds<std::int32_t> Bounds(const Set& set) {
  return BoundsOf(BitmapView(oracle::Portable(set)));
}

TEST(BitmapBounds, AreOfSignedNumbers) {
  const auto expect = [](const Set& set, std::int32_t least, std::int32_t greatest) {
    EXPECT_EQ(Bounds(set).least, least);
    EXPECT_EQ(Bounds(set).greatest, greatest);
  };
  expect({5}, 5, 5);
  expect({0xffffffff}, -1, -1);
  expect({0, 7, 0xffffffff}, -1, 7);
  expect({0x7fffffff, 0x80000000}, kLeast, kGreatest);
  expect({0x80000000, 0xfffffffe}, kLeast, -2);
}

TEST(BitmapBounds, CountsBetweenSignedNumbers) {
  std::mt19937_64 rng(61);
  const Set set = oracle::Or(oracle::RandomSet(rng), {0, 1, 0x7fffffff, 0x80000000, 0xffffffff});
  const auto bytes = oracle::RandomPortable(set, rng);
  for (int i = 0; i < 40; ++i) {
    const auto pick = [&]() -> std::int32_t {
      if (rng() % 4 == 0) return static_cast<std::int32_t>(rng());
      constexpr std::int32_t kEdges[] = {kLeast, -1, 0, 1, kGreatest, 65536};
      return kEdges[rng() % std::size(kEdges)];
    };
    const std::int32_t least = pick();
    const std::int32_t greatest = pick();
    std::uint64_t expected = 0;
    for (const std::uint32_t value : set) {
      const auto number = static_cast<std::int32_t>(value);
      expected += number >= least && number <= greatest;
    }
    ASSERT_EQ(CountBetween(BitmapView(bytes), least, greatest), expected)
        << least << ' ' << greatest;
  }
}

TEST(MemberShare, OfAUniqueColumnIsThePartOfItsRange) {
  Set set;
  for (std::uint32_t i = 0; i < 1000; ++i) set.insert(i);
  const auto bytes = oracle::Portable(set);
  const std::int32_t histogram[] = {0, 999, 1999, 2999, 3999};
  ColumnStats<std::int32_t> column = {{}, {}, histogram, 0, 4000};
  EXPECT_NEAR(MemberShare(BitmapView(bytes), column), 0.25, 0.001);
  column.null_share = 0.5;
  EXPECT_NEAR(MemberShare(BitmapView(bytes), column), 0.125, 0.001);
}

TEST(MemberShare, KnowsCommonValues) {
  const auto bytes = oracle::Portable({1, 0xffffffff});
  const std::int32_t common[] = {1, 2};
  const float shares[] = {0.5f, 0.25f};
  const ColumnStats<std::int32_t> column = {common, shares, {}, 0, 12};
  EXPECT_NEAR(MemberShare(BitmapView(bytes), column), 0.5 + 0.25 / 10, 0.001);
}

TEST(MemberShare, KnowingNothingIsNoError) {
  const auto bytes = oracle::Portable({1, 2, 3});
  EXPECT_EQ(MemberShare(BitmapView(bytes), ColumnStats<std::int32_t>{}), 1.0);
  EXPECT_EQ(MemberShare(BitmapView(oracle::Portable({})), ColumnStats<std::int32_t>{}), 0.0);
}

}  // namespace
}  // namespace cdp::bitmap
