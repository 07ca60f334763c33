#include "core/bitmap/bitmap64_view.h"

#include <gtest/gtest.h>

#include "core/bitmap/bitmap64_cursor.h"
#include "core/bitmap/bitmap64_directory.h"
#include "core/bitmap/bitmap64_order.h"
#include "oracle/bitmap64.h"

namespace cdp::bitmap {
namespace {

using oracle::Set64;
using oracle::Values64;

std::uint64_t RankOf(const Set64& set, std::uint64_t value) {
  return static_cast<std::uint64_t>(std::distance(set.begin(), set.upper_bound(value)));
}

void ExpectReads(const Set64& set, Bytes bytes, std::mt19937_64& rng) {
  ASSERT_EQ(Cardinality64(bytes), set.size());
  ASSERT_EQ(Empty64(bytes), set.empty());
  const Values64 values(set.begin(), set.end());
  Values64 decoded(values.size());
  Decode64(bytes, decoded.data());
  ASSERT_EQ(decoded, values);
  Values64 walked;
  std::uint64_t value = 0;
  Bitmap64Cursor cursor(bytes);
  while (cursor.Next(&value)) walked.push_back(value);
  ASSERT_EQ(walked, values);
  ASSERT_FALSE(cursor.Next(&value)) << "the end stays the end";
  Values64 read(values.size() + 1);
  read.resize(Bitmap64Cursor(bytes).Read(read));
  ASSERT_EQ(read, values);

  ASSERT_EQ(Min64(bytes, &value), !set.empty());
  ASSERT_TRUE(set.empty() || value == *set.begin());
  ASSERT_EQ(Max64(bytes, &value), !set.empty());
  ASSERT_TRUE(set.empty() || value == *set.rbegin());

  std::vector<BucketPlace> places(CountBuckets(bytes));
  const std::uint64_t count = LocateBuckets(bytes, places.data());
  const Bitmap64Directory directory(bytes, places, count);
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t point = oracle::RandomPoint(set, rng);
    const bool in = set.count(point) == 1;
    ASSERT_EQ(Contains64(bytes, point), in) << point;
    ASSERT_EQ(directory.Contains(point), in) << point;
    const std::uint64_t rank = RankOf(set, point);
    ASSERT_EQ(Rank64(bytes, point), rank) << point;
    ASSERT_EQ(Index64(bytes, point), in ? static_cast<std::int64_t>(rank) - 1 : -1) << point;
  }
}

TEST(Bitmap64View, AnEmptyBitmapHasNothing) {
  std::mt19937_64 rng(1);
  ExpectReads({}, oracle::Portable64({}, rng), rng);
}

TEST(Bitmap64View, TheEdgesOfTheRangeAreValues) {
  std::mt19937_64 rng(2);
  const Set64 set(std::begin(oracle::kEdges64), std::end(oracle::kEdges64));
  ExpectReads(set, oracle::Portable64(set, rng), rng);
}

TEST(Bitmap64View, AgreesWithASetForEveryMixOfContainers) {
  std::mt19937_64 rng(20261122);
  for (int round = 0; round < 5; ++round) {
    SCOPED_TRACE(round);
    const Set64 set = oracle::RandomSet64(rng);
    ExpectReads(set, oracle::Portable64(set, rng), rng);
  }
}

TEST(Bitmap64View, EmptyBucketsAreNone) {
  std::vector<std::byte> bytes(kBucketCountBytes + 12);
  bytes[0] = std::byte{1};
  bytes[8] = std::byte{5};
  StoreAt(bytes.data() + 12, kCookieWithoutRuns);
  std::mt19937_64 rng(3);
  ExpectReads({}, bytes, rng);
}

TEST(Bitmap64View, ARangeEndsBelowItsEndAndZeroIsNoEnd) {
  std::mt19937_64 rng(4);
  const Set64 set = {1, 5, ~std::uint64_t{1}, ~std::uint64_t{0}};
  const auto bytes = oracle::Portable64(set, rng);
  EXPECT_EQ(RangeCardinality64(bytes, RangeOf(1, 5)), 1u);
  EXPECT_EQ(RangeCardinality64(bytes, RangeOf(2, ~std::uint64_t{0})), 2u);
  EXPECT_EQ(RangeCardinality64(bytes, RangeOf(2, 0)), 3u);
  EXPECT_EQ(RangeCardinality64(bytes, RangeOf(0, 0)), 4u);
  EXPECT_EQ(RangeCardinality64(bytes, RangeOf(5, 5)), 0u);
  EXPECT_EQ(RangeCardinality64(bytes, RangeOf(6, 5)), 0u);
}

}  // namespace
}  // namespace cdp::bitmap
