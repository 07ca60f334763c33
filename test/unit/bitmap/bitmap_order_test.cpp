#include "core/bitmap/bitmap_order.h"

#include <gtest/gtest.h>

#include "oracle/bitmap.h"

namespace cdp::bitmap {
namespace {

using oracle::Set;

int Sign(int number) { return (number > 0) - (number < 0); }

int Expected(const Set& a, const Set& b) {
  return std::lexicographical_compare(b.begin(), b.end(), a.begin(), a.end()) -
         std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

TEST(BitmapOrder, IsThatOfTheListsOfValues) {
  std::mt19937_64 rng(41);
  for (int round = 0; round < 40; ++round) {
    SCOPED_TRACE(round);
    const Set a = oracle::RandomSet(rng);
    Set b = round % 4 == 0 ? oracle::RandomSet(rng) : a;
    // Near each other: one value more or less, or the end missing.
    if (round % 4 == 1 && !b.empty()) {
      b.erase(std::next(b.begin(), static_cast<long>(rng() % b.size())));
    }
    if (round % 4 == 2) b.insert(static_cast<std::uint32_t>(rng()) & 0x3ffff);
    if (round % 4 == 3) b.erase(b.lower_bound(0x10080), b.end());
    const auto a_bytes = oracle::RandomPortable(a, rng);
    const auto b_bytes = oracle::RandomPortable(b, rng);
    ASSERT_EQ(Sign(Compare(BitmapView(a_bytes), BitmapView(b_bytes))), Expected(a, b));
    ASSERT_EQ(Sign(Compare(BitmapView(b_bytes), BitmapView(a_bytes))), Expected(b, a));
    const bool same_hash = Hash(BitmapView(a_bytes), 0) == Hash(BitmapView(b_bytes), 0);
    ASSERT_EQ(same_hash, a == b);
  }
}

TEST(BitmapOrder, ABeginningComesFirst) {
  const auto empty = oracle::Portable({});
  const auto one = oracle::Portable({1});
  const auto two = oracle::Portable({1, 0xffffffff});
  const auto other = oracle::Portable({2});
  EXPECT_EQ(Compare(BitmapView(empty), BitmapView(empty)), 0);
  EXPECT_LT(Compare(BitmapView(empty), BitmapView(one)), 0);
  EXPECT_LT(Compare(BitmapView(one), BitmapView(two)), 0);
  EXPECT_LT(Compare(BitmapView(two), BitmapView(other)), 0);
}

TEST(BitmapHash, LooksThroughTheKindOfContainer) {
  std::mt19937_64 rng(42);
  for (int round = 0; round < 15; ++round) {
    SCOPED_TRACE(round);
    const Set set = oracle::RandomSet(rng);
    const auto a = oracle::RandomPortable(set, rng);
    const auto b = oracle::RandomPortable(set, rng);
    for (const std::uint64_t seed : {0ull, 1ull, ~0ull}) {
      ASSERT_EQ(Hash(BitmapView(a), seed), Hash(BitmapView(b), seed));
    }
    ASSERT_NE(Hash(BitmapView(a), 1), Hash(BitmapView(a), 2));
  }
}

// Written down once: hashes may lie in partitioned tables, so they must never change.
TEST(BitmapHash, StaysTheSame) {
  EXPECT_EQ(Hash(BitmapView(oracle::Portable({})), 0), 14555800124870461561u);
  EXPECT_EQ(Hash(BitmapView(oracle::Portable({1, 2, 70000})), 0), 13629544599558958980u);
  Set many;
  for (std::uint32_t i = 0; i < 5000; ++i) many.insert(i * 3);
  EXPECT_EQ(Hash(BitmapView(oracle::Portable(many)), 7), 720836916020033848u);
}

}  // namespace
}  // namespace cdp::bitmap
