#include "core/bitmap/bitmap_compare.h"

#include <gtest/gtest.h>

#include "oracle/bitmap.h"
#include "unit/sanitized.h"

namespace cdp::bitmap {
namespace {

using oracle::Set;
using PortableBytes = std::vector<std::byte>;

void ExpectAnswers(const Set& a, const Set& b, const PortableBytes& a_bytes,
                   const PortableBytes& b_bytes) {
  const BitmapView left(a_bytes);
  const BitmapView right(b_bytes);
  const Set both = oracle::And(a, b);
  ASSERT_EQ(AndCardinality(left, right), both.size());
  ASSERT_EQ(Intersects(left, right), !both.empty());
  ASSERT_EQ(IncludesAll(left, right), oracle::Includes(a, b));
  ASSERT_EQ(Equal(left, right), a == b);
}

TEST(BitmapCompare, EmptyIsPartOfAllAndMeetsNothing) {
  const Set some = {1, 70000};
  const auto empty_bytes = oracle::Portable({});
  const auto some_bytes = oracle::Portable(some);
  ExpectAnswers({}, {}, empty_bytes, empty_bytes);
  ExpectAnswers(some, {}, some_bytes, empty_bytes);
  ExpectAnswers({}, some, empty_bytes, some_bytes);
}

TEST(BitmapCompare, EqualityLooksThroughTheKindOfContainer) {
  Set set;
  for (std::uint32_t i = 0; i < 5000; ++i) set.insert(i);
  const auto as_bitset = oracle::Portable(set);
  const auto as_run = oracle::Portable(set, [](std::uint32_t) { return true; });
  ASSERT_NE(as_bitset, as_run);
  EXPECT_TRUE(Equal(BitmapView(as_bitset), BitmapView(as_run)));
}

TEST(BitmapCompare, AShortArrayIsSearchedInALongOne) {
  Set many;
  for (std::uint32_t i = 0; i < 4096; ++i) many.insert(i * 16);
  for (const Set& few : {Set{0}, Set{65520}, Set{65535}, Set{8, 16, 17, 65520}, Set{1, 3}}) {
    ExpectAnswers(few, many, oracle::Portable(few), oracle::Portable(many));
    ExpectAnswers(many, few, oracle::Portable(many), oracle::Portable(few));
  }
}

TEST(BitmapCompare, AgreesWithSetsForEveryPairOfContainers) {
  std::mt19937_64 rng(7);
  for (int round = 0; round < Rounds(80); ++round) {
    SCOPED_TRACE(round);
    const Set a = oracle::RandomSet(rng);
    Set b = oracle::RandomSet(rng);
    if (round % 3 == 1) b = a;
    if (round % 3 == 2) b = oracle::And(a, b);
    if (round % 5 == 1 && !b.empty()) b.erase(std::prev(b.end()));
    ExpectAnswers(a, b, oracle::RandomPortable(a, rng), oracle::RandomPortable(b, rng));
    ExpectAnswers(b, a, oracle::RandomPortable(b, rng), oracle::RandomPortable(a, rng));
  }
}

}  // namespace
}  // namespace cdp::bitmap
