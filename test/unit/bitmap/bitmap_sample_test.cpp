#include "core/bitmap/bitmap_sample.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/bitmap/lot.h"
#include "oracle/bitmap_result.h"

namespace cdp::bitmap {
namespace {

using oracle::Set;
using oracle::Values;
using oracle::ValuesOf;
using PortableBytes = std::vector<std::byte>;

auto* const kMemory = std::pmr::new_delete_resource();

PortableBytes Sampled(const PortableBytes& bytes, std::uint64_t count, std::uint64_t seed) {
  return oracle::Built([&](BitmapParts* p) { Sample(BitmapView(bytes), count, seed, p, kMemory); });
}

Values DrawnFrom(const PortableBytes& bytes, std::uint64_t count, std::uint64_t seed) {
  const PortableBytes sample = Sampled(bytes, count, seed);
  const BitmapView view(sample);
  Values values(view.Cardinality());
  view.Decode(values.data());
  return values;
}

// Containers of every kind and size class: they are drawn from in different ways.
PortableBytes AllKinds() {
  Set set = {5, 77, 65535};
  const auto add = [&set](std::uint32_t key, std::uint32_t count, std::uint32_t step) {
    for (std::uint32_t i = 0; i < count; ++i) set.insert(key << 16 | (i * step & 0xffff));
  };
  add(1, 300, 211);
  add(2, 4096, 15);
  add(3, 4097, 15);
  add(4, 20000, 3);
  add(5, 30000, 1);
  add(0xffff, 65536, 1);
  return oracle::Portable(set, [](std::uint32_t key) { return key >= 5; });
}

// How often each value comes over many samples deviates as much as it should: the sum of squares is
// about one a value, its deviation known.
TEST(BitmapSampleStatistics, EachValueComesEquallyOften) {
  const PortableBytes bytes = AllKinds();
  const Values all = DrawnFrom(bytes, ~std::uint64_t{0}, 0);
  const auto total = static_cast<double>(all.size());
  for (const double share : {0.0005, 0.02, 0.3, 0.5, 0.9}) {
    SCOPED_TRACE(share);
    const auto count = static_cast<std::uint64_t>(total * share);
    constexpr int kRounds = 16;
    std::vector<int> times(all.size());
    for (int seed = 0; seed < kRounds; ++seed) {
      const Values drawn = DrawnFrom(bytes, count, static_cast<std::uint64_t>(seed));
      ASSERT_EQ(drawn.size(), count);
      std::size_t i = 0;
      for (const std::uint32_t value : drawn) {
        while (i < all.size() && all[i] < value) ++i;
        ASSERT_TRUE(i < all.size() && all[i] == value) << "drawn from the set";
        ++times[i];
      }
    }
    const double expected = kRounds * share;
    double squares = 0;
    for (const int each : times) {
      squares += (each - expected) * (each - expected) / (expected * (1 - share));
    }
    // Of a rare event the squares scatter more than of a common one.
    const double scatter = std::sqrt((2 + 1 / (expected * (1 - share))) * total);
    EXPECT_NEAR(squares, total, 5 * scatter);
  }
}

// The number of values drawn out of a part is distributed as the urn has it: mean and variance.
void ExpectUrn(const PortableBytes& bytes, std::uint32_t part_ends, double part, double total,
               std::uint64_t count) {
  SCOPED_TRACE(count);
  constexpr int kRounds = 800;
  double sum = 0;
  double squares = 0;
  for (int seed = 0; seed < kRounds; ++seed) {
    const Values drawn = DrawnFrom(bytes, count, static_cast<std::uint64_t>(seed));
    const auto inside = static_cast<double>(
        std::lower_bound(drawn.begin(), drawn.end(), part_ends) - drawn.begin());
    sum += inside;
    squares += inside * inside;
  }
  const double share = part / total;
  const auto drawn = static_cast<double>(count);
  const double variance = drawn * share * (1 - share) * (total - drawn) / (total - 1);
  const double mean = sum / kRounds;
  EXPECT_NEAR(mean, drawn * share, 5 * std::sqrt(variance / kRounds));
  EXPECT_NEAR(squares / kRounds - mean * mean, variance, 5 * variance * std::sqrt(2.0 / kRounds));
}

TEST(BitmapSampleStatistics, ContainersShareAsAnUrnHasIt) {
  Set set;
  for (std::uint32_t i = 0; i < 500; ++i) set.insert(i);
  for (std::uint32_t i = 0; i < 1500; ++i) set.insert(1 << 16 | i * 7);
  const PortableBytes bytes = oracle::Portable(set);
  for (const std::uint64_t count : {3, 300, 1000, 1700}) {
    ExpectUrn(bytes, 1 << 16, 500, 2000, count);
  }
}

TEST(BitmapSampleStatistics, PartsOfContainersShareAsAnUrnHasIt) {
  Set array;
  Set bits;
  for (std::uint32_t i = 0; i < 2000; ++i) array.insert(i * 3);
  for (std::uint32_t i = 0; i < 5000; ++i) bits.insert(i * 13);
  for (const std::uint64_t count : {40, 900, 1600}) {
    ExpectUrn(oracle::Portable(array), 3 * 600, 600, 2000, count);
    ExpectUrn(oracle::Portable(bits), 13 * 1000, 1000, 5000, count);
  }
}

TEST(BitmapSampleStatistics, NeighboursAreNoMoreLikelyThanOthers) {
  const PortableBytes bytes = AllKinds();
  const auto total = static_cast<double>(BitmapView(bytes).Cardinality());
  const auto count = static_cast<std::uint64_t>(total / 2);
  double together = 0;
  constexpr int kRounds = 20;
  for (int seed = 0; seed < kRounds; ++seed) {
    const Values drawn = DrawnFrom(bytes, count, static_cast<std::uint64_t>(seed));
    for (std::size_t i = 1; i < drawn.size(); ++i) {
      together += drawn[i - 1] >= 0xffff0000 && drawn[i] == drawn[i - 1] + 1;
    }
  }
  // 65535 pairs, each with the probability 1/4; pairs share members, so the variance is more than
  // that of independent ones.
  EXPECT_NEAR(together / kRounds, 65535 / 4.0, 5 * std::sqrt(65535 * 5 / 16.0 / kRounds));
}

// Written down once: who was in a sample must stay answerable, on every machine.
TEST(BitmapSample, IsTheSameOnEveryMachine) {
  const PortableBytes bytes = AllKinds();
  const auto digest = [&bytes](std::uint64_t count) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const std::uint32_t value : DrawnFrom(bytes, count, 2026)) {
      hash = (hash ^ value) * 0x100000001b3u;
    }
    return hash;
  };
  EXPECT_EQ(digest(10), 3543086959813722292u);
  EXPECT_EQ(digest(5000), 13872044639055455883u);
  EXPECT_EQ(digest(60000), 8392438203771506413u);
  EXPECT_EQ(digest(120000), 14311494992795255632u);
}

TEST(Lot, TossesAsManyHeadsAsTheChanceSays) {
  Lot lot(7);
  for (const std::uint32_t chance : {0u, 1u << 22, 1431655765u, 1u << 31, 0xffffffffu}) {
    double heads = 0;
    constexpr int kTosses = 20000;
    for (int i = 0; i < kTosses; ++i) heads += std::popcount(lot.Toss(chance));
    const double share = chance / 4294967296.0;
    const double deviation = std::sqrt(64.0 * kTosses * share * (1 - share));
    EXPECT_NEAR(heads, 64.0 * kTosses * share, 5 * deviation + 1) << chance;
  }
}

}  // namespace
}  // namespace cdp::bitmap
