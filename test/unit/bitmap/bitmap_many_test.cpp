#include "core/bitmap/bitmap_many.h"

#include <gtest/gtest.h>

#include <map>

#include "core/bitmap/bitmap_remap.h"
#include "core/bitmap/bitmap_sample.h"
#include "core/bitmap/bitmap_stats.h"
#include "oracle/bitmap_result.h"
#include "unit/sanitized.h"

namespace cdp::bitmap {
namespace {

using oracle::Set;
using oracle::ValuesOf;
using PortableBytes = std::vector<std::byte>;

auto* const kMemory = std::pmr::new_delete_resource();

TEST(BitmapMany, AgreesWithOneStepAfterTheOther) {
  std::mt19937_64 rng(51);
  for (int round = 0; round < Rounds(12); ++round) {
    SCOPED_TRACE(round);
    std::vector<PortableBytes> bytes;
    Set all;
    Set common;
    const std::size_t count = 1 + rng() % 6;
    const Set base = oracle::RandomSet(rng);
    for (std::size_t i = 0; i < count; ++i) {
      Set set = oracle::RandomSet(rng);
      // Else hardly anything is in all of them.
      if (round % 3 != 0) set = oracle::Or(set, base);
      if (rng() % 8 == 0) set.clear();
      bytes.push_back(oracle::RandomPortable(set, rng));
      all = oracle::Or(all, set);
      common = i == 0 ? set : oracle::And(common, set);
    }
    const auto views = [&bytes] { return std::vector<BitmapView>(bytes.begin(), bytes.end()); };
    auto given = views();
    const auto met = oracle::Built([&](BitmapParts* p) { AndMany(given, p, kMemory); });
    ASSERT_EQ(ValuesOf(met), common);
    given = views();
    ASSERT_EQ(AndManyCardinality(given, kMemory), common.size());
    given = views();
    const auto united = oracle::Built([&](BitmapParts* p) { OrMany(given, p, kMemory); });
    ASSERT_EQ(ValuesOf(united), all);
    ASSERT_EQ(OrManyCardinality(given, kMemory), all.size());
  }
}

PortableBytes Sampled(const PortableBytes& bytes, std::uint64_t count, std::uint64_t seed) {
  return oracle::Built([&](BitmapParts* p) { Sample(BitmapView(bytes), count, seed, p, kMemory); });
}

TEST(BitmapSample, IsAPartOfTheRightSizeAndRepeatable) {
  std::mt19937_64 rng(52);
  for (int round = 0; round < 8; ++round) {
    SCOPED_TRACE(round);
    const Set set = oracle::RandomSet(rng);
    const auto bytes = oracle::RandomPortable(set, rng);
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, set.size() / 3,
                                    set.size() - set.size() / 3, set.size(), set.size() + 5}) {
      const Set sample = ValuesOf(Sampled(bytes, count, 9));
      ASSERT_EQ(sample.size(), std::min(count, set.size()));
      ASSERT_TRUE(oracle::Includes(set, sample));
      ASSERT_EQ(ValuesOf(Sampled(oracle::RandomPortable(set, rng), count, 9)), sample)
          << "containers do not matter";
    }
  }
}

// Of ten values, two and eight: each must be drawn about equally often, and so must each pair.
TEST(BitmapSample, EveryChoiceIsEquallyLikely) {
  const Set set = {0, 1, 5, 9, 65535, 65536, 70000, 0x7fffffff, 0x80000000, 0xffffffff};
  const auto bytes = oracle::Portable(set);
  for (const std::size_t count : {2u, 8u}) {
    std::map<Set, int> drawn;
    constexpr int kRounds = 9000;
    for (int seed = 0; seed < kRounds; ++seed) {
      ++drawn[ValuesOf(Sampled(bytes, count, static_cast<std::uint64_t>(seed)))];
    }
    ASSERT_EQ(drawn.size(), 45u);
    // Expected 200 of each; 14 is one standard deviation.
    for (const auto& [choice, times] : drawn) ASSERT_NEAR(times, 200, 70);
  }
}

// Written down once: who was in a sample must stay answerable.
TEST(BitmapSample, StaysTheSame) {
  Set set;
  for (std::uint32_t i = 0; i < 1000; ++i) set.insert(i);
  EXPECT_EQ(ValuesOf(Sampled(oracle::Portable(set), 5, 42)), (Set{218, 339, 618, 800, 868}));
}

Set ValuesRemapped(const Set& set, const oracle::Values& from, const oracle::Values& to) {
  const auto bytes = oracle::Portable(set);
  Arena arena(kMemory);
  const Bytes result = Remapped(bytes, from, to, &arena);
  return ValuesOf({result.begin(), result.end()});
}

TEST(BitmapRemap, HappensAllAtOnce) {
  EXPECT_EQ(ValuesRemapped({1, 2, 3}, {1, 2}, {2, 9}), (Set{2, 3, 9}));
  EXPECT_EQ(ValuesRemapped({1, 2}, {1, 2}, {2, 1}), (Set{1, 2}));
  EXPECT_EQ(ValuesRemapped({1, 2, 3}, {1, 2}, {3, 3}), (Set{3}));
  EXPECT_EQ(ValuesRemapped({1}, {5}, {6}), (Set{1}));
  EXPECT_EQ(ValuesRemapped({1}, {}, {}), (Set{1}));
  EXPECT_EQ(ValuesRemapped({1}, {1, 1}, {7, 7}), (Set{7}));
  EXPECT_THROW(ValuesRemapped({1}, {1, 1}, {7, 8}), Error);
  EXPECT_THROW(ValuesRemapped({1}, {1}, {}), Error);
}

TEST(BitmapRemap, AgreesWithReplacingEachValue) {
  std::mt19937_64 rng(53);
  for (int round = 0; round < 8; ++round) {
    const Set set = oracle::RandomSet(rng);
    const oracle::Values members(set.begin(), set.end());
    std::map<std::uint32_t, std::uint32_t> replacement;
    for (int i = 0; i < 300; ++i) {
      const bool known = !members.empty() && rng() % 2 == 0;
      const auto old_value =
          known ? members[rng() % members.size()] : static_cast<std::uint32_t>(rng());
      replacement[old_value] = static_cast<std::uint32_t>(rng() & 0x3ffff);
    }
    oracle::Values from;
    oracle::Values to;
    for (const auto& [old_value, new_value] : replacement) {
      from.insert(from.begin(), old_value);
      to.insert(to.begin(), new_value);
    }
    Set expected;
    for (const std::uint32_t value : set) {
      const auto found = replacement.find(value);
      expected.insert(found == replacement.end() ? value : found->second);
    }
    ASSERT_EQ(ValuesRemapped(set, from, to), expected) << round;
  }
}

TEST(BitmapStats, AddUpToTheWhole) {
  std::mt19937_64 rng(54);
  for (int round = 0; round < 8; ++round) {
    const Set set = oracle::RandomSet(rng);
    const auto bytes = oracle::RandomPortable(set, rng);
    const BitmapView view(bytes);
    const BitmapStats stats = StatsOf(view);
    ASSERT_EQ(stats.arrays.values + stats.bitsets.values + stats.runs.values, set.size());
    const std::uint64_t containers =
        stats.arrays.containers + stats.bitsets.containers + stats.runs.containers;
    ASSERT_EQ(containers, view.containers());
    const std::uint64_t data = stats.arrays.bytes + stats.bitsets.bytes + stats.runs.bytes;
    ASSERT_GT(bytes.size(), data);
    ASSERT_LE(bytes.size(), data + 8 + 9 * containers);
  }
}

}  // namespace
}  // namespace cdp::bitmap
