// Order, hashes, many at once, samples, replacements, statistics and chunks of 64-bit bitmaps.
#include <gtest/gtest.h>

#include <map>

#include "core/bitmap/bitmap64_content.h"
#include "core/bitmap/bitmap64_directory.h"
#include "core/bitmap/bitmap64_many.h"
#include "core/bitmap/bitmap_chunks.h"
#include "core/bitmap/bitmap_remap.h"
#include "core/bitmap/bitmap_sample.h"
#include "core/bitmap/bitmap_stats.h"
#include "oracle/bitmap64.h"
#include "unit/sanitized.h"

namespace cdp::bitmap {
namespace {

using oracle::Portable64;
using oracle::RandomSet64;
using oracle::Set64;
using oracle::Values64;
using PortableBytes = std::vector<std::byte>;

auto* const kMemory = std::pmr::new_delete_resource();

// The values that `append(list)` appends, after the Roaring library's validator has seen them.
template <class Append>
Set64 Made(Append append) {
  BucketList list(kMemory);
  append(&list);
  PortableBytes bytes(list.size());
  list.Write(bytes.data());
  BucketList checked(kMemory);
  AppendForeign(bytes, &checked);
  EXPECT_EQ(checked.size(), bytes.size());
  Values64 values(Cardinality64(bytes));
  Decode64(bytes, values.data());
  return Set64(values.begin(), values.end());
}

// A set near the given one: a value less or more, its end missing, or another altogether.
Set64 Neighbour(const Set64& set, std::mt19937_64& rng) {
  Set64 result = set;
  switch (rng() % 5) {
    case 0:
      return RandomSet64(rng);
    case 1:
      if (!set.empty())
        result.erase(std::next(result.begin(), static_cast<long>(rng() % set.size())));
      return result;
    case 2:
      result.insert(oracle::RandomPoint(set, rng));
      return result;
    case 3:
      result.erase(result.lower_bound(oracle::RandomPoint(set, rng)), result.end());
      return result;
    default:
      return result;
  }
}

Set64 EveryNth(const Set64& set, std::size_t n) {
  Set64 result;
  std::size_t i = 0;
  for (const std::uint64_t value : set) {
    if (i++ % n == 0) result.insert(result.end(), value);
  }
  return result;
}

int Sign(int number) { return (number > 0) - (number < 0); }

int Expected(const Set64& a, const Set64& b) {
  return std::lexicographical_compare(b.begin(), b.end(), a.begin(), a.end()) -
         std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

TEST(Bitmap64Content, OrderIsThatOfTheListsOfValues) {
  std::mt19937_64 rng(71);
  for (int round = 0; round < Rounds(25); ++round) {
    SCOPED_TRACE(round);
    const Set64 a = RandomSet64(rng);
    const Set64 b = Neighbour(a, rng);
    const auto a_bytes = Portable64(a, rng);
    const auto b_bytes = Portable64(b, rng);
    ASSERT_EQ(Sign(Compare64(a_bytes, b_bytes)), Expected(a, b));
    ASSERT_EQ(Sign(Compare64(b_bytes, a_bytes)), Expected(b, a));
    ASSERT_EQ(Hash64(a_bytes, 0) == Hash64(b_bytes, 0), a == b);
  }
}

TEST(Bitmap64Content, OrderOfShortSetsAtTheEdges) {
  std::mt19937_64 rng(72);
  std::vector<Set64> sets = {{}};
  for (const std::uint64_t x : oracle::kEdges64) {
    sets.push_back({x});
    for (const std::uint64_t y : oracle::kEdges64) sets.push_back({x, y});
  }
  std::vector<PortableBytes> bytes;
  for (const Set64& set : sets) bytes.push_back(Portable64(set, rng));
  for (std::size_t i = 0; i < sets.size(); ++i) {
    for (std::size_t k = 0; k < sets.size(); ++k) {
      ASSERT_EQ(Sign(Compare64(bytes[i], bytes[k])), Expected(sets[i], sets[k])) << i << ' ' << k;
    }
  }
}

TEST(Bitmap64Content, AHashLooksThroughTheKindOfContainer) {
  std::mt19937_64 rng(73);
  for (int round = 0; round < 10; ++round) {
    const Set64 set = RandomSet64(rng);
    const auto a = Portable64(set, rng);
    const auto b = Portable64(set, rng);
    for (const std::uint64_t seed : {0ull, 1ull, ~0ull}) {
      ASSERT_EQ(Hash64(a, seed), Hash64(b, seed));
    }
    ASSERT_NE(Hash64(a, 1), Hash64(a, 2));
  }
}

// Written down once: hashes may lie in partitioned tables, so they must never change.
TEST(Bitmap64Content, AHashStaysTheSame) {
  std::mt19937_64 rng(74);
  EXPECT_EQ(Hash64(Portable64({}, rng), 0), 14555800124870461561u);
  EXPECT_EQ(Hash64(Portable64({1, 2, 70000, 0x100000001, ~0ull}, rng), 7), 1059646564958767683u);
}

TEST(Bitmap64Many, AgreesWithOneStepAfterTheOther) {
  std::mt19937_64 rng(75);
  for (int round = 0; round < Rounds(8); ++round) {
    SCOPED_TRACE(round);
    std::vector<PortableBytes> stored;
    Set64 all;
    Set64 common;
    const Set64 base = RandomSet64(rng);
    const std::size_t count = 1 + rng() % 5;
    for (std::size_t i = 0; i < count; ++i) {
      Set64 set = RandomSet64(rng);
      // Else hardly anything is in all of them.
      if (round % 3 != 0) set.insert(base.begin(), base.end());
      if (rng() % 8 == 0) set.clear();
      stored.push_back(Portable64(set, rng));
      all.insert(set.begin(), set.end());
      Set64 both;
      std::set_intersection(common.begin(), common.end(), set.begin(), set.end(),
                            std::inserter(both, both.end()));
      common = i == 0 ? set : both;
    }
    const std::vector<Bytes> bitmaps(stored.begin(), stored.end());
    ASSERT_EQ(Made([&](BucketList* list) { AppendAndMany(bitmaps, list); }), common);
    ASSERT_EQ(AndManyCardinality64(bitmaps, kMemory), common.size());
    ASSERT_EQ(Made([&](BucketList* list) { AppendOrMany(bitmaps, list); }), all);
    ASSERT_EQ(OrManyCardinality64(bitmaps, kMemory), all.size());
  }
}

Set64 Sampled(const PortableBytes& bytes, std::uint64_t count, std::uint64_t seed) {
  return Made([&](BucketList* list) { AppendSample(bytes, count, seed, list); });
}

TEST(Bitmap64Sample, IsAPartOfTheRightSizeAndRepeatable) {
  std::mt19937_64 rng(76);
  for (int round = 0; round < 6; ++round) {
    SCOPED_TRACE(round);
    const Set64 set = RandomSet64(rng);
    const auto bytes = Portable64(set, rng);
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, set.size() / 3,
                                    set.size() - set.size() / 3, set.size(), set.size() + 5}) {
      const Set64 sample = Sampled(bytes, count, 9);
      ASSERT_EQ(sample.size(), std::min(count, set.size()));
      ASSERT_TRUE(std::includes(set.begin(), set.end(), sample.begin(), sample.end()));
      ASSERT_EQ(Sampled(Portable64(set, rng), count, 9), sample) << "containers do not matter";
    }
  }
}

// Of ten values, two and eight: each pair must be drawn about equally often.
TEST(Bitmap64Sample, EveryChoiceIsEquallyLikely) {
  std::mt19937_64 rng(77);
  const auto bytes = Portable64({0, 1, 0x7fffffff, 0xffffffff, 0x100000000, 0x100000001,
                                 0x7fffffffffffffff, 0x8000000000000000, ~1ull, ~0ull},
                                rng);
  for (const std::size_t count : {2u, 8u}) {
    std::map<Set64, int> drawn;
    constexpr std::uint64_t kRounds = 9000;
    for (std::uint64_t seed = 0; seed < kRounds; ++seed) ++drawn[Sampled(bytes, count, seed)];
    ASSERT_EQ(drawn.size(), 45u);
    // Expected 200 of each; 14 is one standard deviation.
    for (const auto& [choice, times] : drawn) ASSERT_NEAR(times, 200, 70);
  }
}

// Written down once: who was in a sample must stay answerable.
TEST(Bitmap64Sample, StaysTheSame) {
  std::mt19937_64 rng(78);
  Set64 set;
  for (std::uint64_t i = 0; i < 1000; ++i) set.insert(i << 30);
  Set64 expected;
  for (const std::uint64_t i : {38, 159, 278, 344, 741}) expected.insert(i << 30);
  EXPECT_EQ(Sampled(Portable64(set, rng), 5, 42), expected);
}

// More values than 32 bits can number, in runs: lots of the greater kind, and no container is
// unpacked without need.
TEST(Bitmap64Sample, OfVeryManyValues) {
  constexpr std::uint64_t kHighs = 3;
  std::vector<std::byte> bytes;
  const auto put = [&bytes](std::uint64_t number, int count) {
    for (int i = 0; i < count; ++i) bytes.push_back(static_cast<std::byte>(number >> (8 * i)));
  };
  put(kHighs, 8);
  for (std::uint64_t high = 0; high < kHighs; ++high) {
    put(high * 5, 4);
    put(12347 | std::uint64_t{65535} << 16, 4);
    for (int i = 0; i < 8192; ++i) put(0xff, 1);
    for (std::uint64_t key = 0; key < 65536; ++key) put(key | 0xffff0000, 4);
    for (std::uint64_t key = 0; key < 65536; ++key) put(4 + 8192 + 65536 * 8 + key * 6, 4);
    for (std::uint64_t key = 0; key < 65536; ++key) put(1 | std::uint64_t{0xffff0000} << 16, 6);
  }
  ASSERT_EQ(Cardinality64(bytes), kHighs << 32);
  const Set64 sample = Sampled(bytes, 30, 1);
  EXPECT_EQ(sample.size(), 30u);
  std::map<std::uint64_t, int> by_bucket;
  for (const std::uint64_t value : sample) ++by_bucket[value >> 32];
  EXPECT_EQ(by_bucket.size(), kHighs);
  BucketList most(kMemory);
  AppendSample(bytes, (kHighs << 32) - 30, 1, &most);
  PortableBytes rest(most.size());
  most.Write(rest.data());
  EXPECT_EQ(Cardinality64(rest), (kHighs << 32) - 30);
}

Set64 Remapped(const Set64& set, const Values64& from, const Values64& to) {
  std::mt19937_64 rng(79);
  const auto bytes = Portable64(set, rng);
  return Made([&](BucketList* list) { AppendRemapped(bytes, from, to, list); });
}

TEST(Bitmap64Remap, HappensAllAtOnce) {
  constexpr std::uint64_t kFar = 0x8000000000000000;
  EXPECT_EQ(Remapped({1, 2, 3}, {1, 2}, {2, kFar}), (Set64{2, 3, kFar}));
  EXPECT_EQ(Remapped({1, kFar}, {1, kFar}, {kFar, 1}), (Set64{1, kFar}));
  EXPECT_EQ(Remapped({1, 2, ~0ull}, {1, 2}, {~0ull, ~0ull}), (Set64{~0ull}));
  EXPECT_EQ(Remapped({1}, {5}, {6}), (Set64{1}));
  EXPECT_EQ(Remapped({}, {5}, {6}), (Set64{}));
  EXPECT_EQ(Remapped({1}, {}, {}), (Set64{1}));
  EXPECT_EQ(Remapped({1}, {1, 1}, {7, 7}), (Set64{7}));
  EXPECT_THROW(Remapped({1}, {1, 1}, {7, 8}), Error);
  EXPECT_THROW(Remapped({1}, {1}, {}), Error);
}

TEST(Bitmap64Remap, AgreesWithReplacingEachValue) {
  std::mt19937_64 rng(80);
  for (int round = 0; round < 8; ++round) {
    const Set64 set = RandomSet64(rng);
    std::map<std::uint64_t, std::uint64_t> replacement;
    for (int i = 0; i < 300; ++i) {
      replacement[oracle::RandomPoint(set, rng)] = oracle::RandomPoint(set, rng);
    }
    Values64 from;
    Values64 to;
    for (const auto& [old_value, new_value] : replacement) {
      from.insert(from.begin(), old_value);
      to.insert(to.begin(), new_value);
    }
    Set64 expected;
    for (const std::uint64_t value : set) {
      const auto found = replacement.find(value);
      expected.insert(found == replacement.end() ? value : found->second);
    }
    ASSERT_EQ(Remapped(set, from, to), expected) << round;
  }
}

TEST(Bitmap64Stats, AddUpToTheWhole) {
  std::mt19937_64 rng(81);
  for (int round = 0; round < 8; ++round) {
    const Set64 set = RandomSet64(rng);
    Set64 highs;
    for (const std::uint64_t value : set) highs.insert(value >> 32);
    const auto bytes = Portable64(set, rng);
    const BitmapStats stats = StatsOf64(bytes);
    ASSERT_EQ(stats.buckets, highs.size());
    ASSERT_EQ(stats.arrays.values + stats.bitsets.values + stats.runs.values, set.size());
    const std::uint64_t data = stats.arrays.bytes + stats.bitsets.bytes + stats.runs.bytes;
    const std::uint64_t containers =
        stats.arrays.containers + stats.bitsets.containers + stats.runs.containers;
    ASSERT_GE(bytes.size(), 8 + data);
    ASSERT_LE(bytes.size(), 8 + data + 12 * stats.buckets + 9 * containers);
  }
}

TEST(Bitmap64Chunks, AreTheValuesByTheirHighBits) {
  std::mt19937_64 rng(82);
  for (const int bits : {0, 1, 7, 15, 16, 17, 20, 31, 32, 33, 40, 62, 63, 64}) {
    SCOPED_TRACE(bits);
    Set64 set = RandomSet64(rng);
    // As many chunks as values, or nearly.
    if (bits < 15) set = EveryNth(set, set.size() / 1000 + 1);
    std::map<std::uint64_t, Set64> expected;
    for (const std::uint64_t value : set) expected[bits == 64 ? 0 : value >> bits].insert(value);
    const auto bytes = Portable64(set, rng);
    Bitmap64Chunks chunks(bytes, bits);
    for (const auto& [number, values] : expected) {
      std::uint64_t chunk = 0;
      const Set64 members = Made([&](BucketList* list) { ASSERT_TRUE(chunks.Next(&chunk, list)); });
      ASSERT_EQ(chunk, number);
      ASSERT_EQ(members, values);
    }
    std::uint64_t chunk = 0;
    BucketList nothing(kMemory);
    ASSERT_FALSE(chunks.Next(&chunk, &nothing));
    ASSERT_FALSE(chunks.Next(&chunk, &nothing));
  }
}

TEST(Bitmap64Directory, FindsValuesAndPositions) {
  std::mt19937_64 rng(83);
  for (int round = 0; round < 12; ++round) {
    const Set64 set = RandomSet64(rng);
    const Values64 values(set.begin(), set.end());
    const auto bytes = Portable64(set, rng);
    const Bitmap64Directory directory(bytes, kMemory);
    ASSERT_EQ(directory.empty(), set.empty());
    ASSERT_EQ(directory.Cardinality(), set.size());
    for (int i = 0; i < 200; ++i) {
      const std::uint64_t point = oracle::RandomPoint(set, rng);
      ASSERT_EQ(directory.Contains(point), set.count(point) == 1);
      const auto after = std::upper_bound(values.begin(), values.end(), point);
      ASSERT_EQ(directory.CountUpTo(point), static_cast<std::uint64_t>(after - values.begin()));
      if (values.empty()) continue;
      const std::size_t rank = rng() % values.size();
      ASSERT_EQ(directory.ValueAt(rank), values[rank]);
    }
    EXPECT_THROW(directory.ValueAt(set.size()), Error);
  }
}

}  // namespace
}  // namespace cdp::bitmap
