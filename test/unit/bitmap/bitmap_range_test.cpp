#include "core/bitmap/bitmap_range.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/bitmap/bitmap.h"
#include "core/bitmap/bitmap_rank.h"
#include "core/bitmap/bitmap_shift.h"
#include "oracle/bitmap.h"
#include "oracle/bitmap_result.h"
#include "unit/sanitized.h"

namespace cdp::bitmap {
namespace {

using oracle::Set;
using oracle::Valid;
using oracle::ValuesOf;

constexpr std::uint64_t kEnd = std::uint64_t{1} << 32;

// Ends of ranges where mistakes live: of the space, of containers, of the set's own values.
std::uint64_t Edge(const Set& set, std::mt19937_64& rng) {
  static constexpr std::uint64_t kEdges[] = {
      0,          1,          65535,      65536,        65537,    131072,
      0x7fffffff, 0x80000000, 0xfffeffff, kEnd - 65536, kEnd - 1, kEnd};
  switch (rng() % 3) {
    case 0:
      return kEdges[rng() % std::size(kEdges)];
    case 1:
      if (set.empty()) return 0;
      return *std::next(set.begin(), static_cast<long>(rng() % set.size())) + rng() % 2;
    default:
      return (rng() % 10) << 16 | (rng() & 0xffff);
  }
}

// Ranges that do not make a std::set of the whole space.
ValueRange RandomRange(const Set& set, std::mt19937_64& rng) {
  const std::uint64_t start = Edge(set, rng);
  const std::uint64_t end = rng() % 3 == 0 ? start + rng() % 200000 : Edge(set, rng);
  return {start, std::min(end, kEnd)};
}

Set Inside(const Set& set, ValueRange range) {
  Set result;
  for (const std::uint32_t value : set) {
    if (value >= range.start && value < range.end) result.insert(result.end(), value);
  }
  return result;
}

template <class Change>
std::vector<std::byte> Changed(Bytes bytes, Change change) {
  return oracle::Built([&](BitmapParts* parts) { change(BitmapView(bytes), parts); });
}

TEST(BitmapRange, AgreesWithASetForEveryMixOfContainers) {
  std::mt19937_64 rng(31);
  for (int round = 0; round < Rounds(16); ++round) {
    SCOPED_TRACE(round);
    const Set set = oracle::RandomSet(rng);
    const auto bytes = oracle::RandomPortable(set, rng);
    for (int i = 0; i < 3; ++i) {
      const ValueRange range = RandomRange(set, rng);
      SCOPED_TRACE(std::to_string(range.start) + ".." + std::to_string(range.end));
      const Set inside = Inside(set, range);
      const Set outside = oracle::AndNot(set, inside);
      ASSERT_EQ(Cardinality(BitmapView(bytes), range), inside.size());
      const auto restricted =
          Changed(bytes, [=](const BitmapView& v, BitmapParts* p) { Restrict(v, range, p); });
      ASSERT_EQ(ValuesOf(restricted), inside);
      const auto cleared =
          Changed(bytes, [=](const BitmapView& v, BitmapParts* p) { Clear(v, range, p); });
      ASSERT_EQ(ValuesOf(cleared), outside);
      const std::uint64_t width = range.empty() ? 0 : range.end - range.start;
      const auto filled =
          Changed(bytes, [=](const BitmapView& v, BitmapParts* p) { Fill(v, range, p); });
      const auto flipped =
          Changed(bytes, [=](const BitmapView& v, BitmapParts* p) { Flip(v, range, p); });
      ASSERT_EQ(Valid(filled).Cardinality(), outside.size() + width);
      ASSERT_EQ(Valid(flipped).Cardinality(), outside.size() + width - inside.size());
      // What is inside and what is outside, each checked by the function that has been already.
      const auto part = [&](const std::vector<std::byte>& of, auto what) {
        return Changed(of, [=](const BitmapView& v, BitmapParts* p) { what(v, range, p); });
      };
      ASSERT_EQ(ValuesOf(part(filled, Clear)), outside);
      ASSERT_EQ(ValuesOf(part(flipped, Clear)), outside);
      ASSERT_EQ(Cardinality(BitmapView(filled), range), width);
      ASSERT_EQ(ValuesOf(part(part(flipped, Flip), Restrict)), inside);
    }
  }
}

TEST(BitmapRange, FillsAndFlipsAllThereIs) {
  const auto empty = oracle::Portable({});
  const ValueRange all = {0, kEnd};
  const auto full = Changed(empty, [=](const BitmapView& v, BitmapParts* p) { Fill(v, all, p); });
  EXPECT_EQ(Valid(full).Cardinality(), kEnd);
  EXPECT_LT(full.size(), 1000000u) << "full containers are runs";
  const auto flipped = Changed(full, [=](const BitmapView& v, BitmapParts* p) { Flip(v, all, p); });
  EXPECT_EQ(flipped, empty);
  const auto again = Changed(empty, [=](const BitmapView& v, BitmapParts* p) { Flip(v, all, p); });
  EXPECT_EQ(again, full);
}

TEST(BitmapRange, EndsAreClampedAndBackwardRangesAreEmpty) {
  EXPECT_EQ(Clamped(-5, -1).end, 0u);
  EXPECT_TRUE(Clamped(-5, -1).empty());
  EXPECT_TRUE(Clamped(5, 5).empty());
  EXPECT_TRUE(Clamped(6, 5).empty());
  EXPECT_TRUE(Clamped(std::int64_t{1} << 32, std::numeric_limits<std::int64_t>::max()).empty());
  EXPECT_TRUE(Clamped((std::int64_t{1} << 32) + 2, std::int64_t{1} << 32).empty());
  const ValueRange all =
      Clamped(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(all.start, 0u);
  EXPECT_EQ(all.end, kEnd);
}

TEST(BitmapRange, PagesAgreeWithCountingThrough) {
  std::mt19937_64 rng(32);
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(round);
    const Set set = oracle::RandomSet(rng);
    const auto bytes = oracle::RandomPortable(set, rng);
    for (int i = 0; i < 6; ++i) {
      const ValueRange range = RandomRange(set, rng);
      const Set inside = Inside(set, range);
      oracle::Values values(inside.begin(), inside.end());
      const bool reverse = rng() % 2 == 0;
      if (reverse) std::reverse(values.begin(), values.end());
      const auto limit = static_cast<std::int64_t>(rng() % 3000) - 2;
      const auto offset = static_cast<std::int64_t>(rng() % (values.size() + 10)) - 3;
      Set expected;
      const std::size_t from = offset < 0 ? 0 : static_cast<std::size_t>(offset);
      for (std::size_t k = from; k < values.size() && std::int64_t(k - from) < limit; ++k) {
        expected.insert(values[k]);
      }
      const auto page = Changed(bytes, [=](const BitmapView& v, BitmapParts* p) {
        Restrict(v, Page(v, range, limit, offset, reverse), p);
      });
      ASSERT_EQ(ValuesOf(page), expected) << limit << ' ' << offset << ' ' << reverse;
    }
  }
}

TEST(BitmapRank, PositionsAgreeWithASet) {
  std::mt19937_64 rng(33);
  for (int round = 0; round < 15; ++round) {
    SCOPED_TRACE(round);
    const Set set = oracle::RandomSet(rng);
    const auto bytes = oracle::RandomPortable(set, rng);
    const BitmapView view(bytes);
    const oracle::Values values(set.begin(), set.end());
    EXPECT_EQ(CountBelow(view, kEnd), values.size());
    for (int i = 0; i < 200; ++i) {
      const std::uint64_t value = std::min(Edge(set, rng), kEnd - 1);
      const auto at = std::lower_bound(values.begin(), values.end(), value);
      ASSERT_EQ(CountBelow(view, value), static_cast<std::uint64_t>(at - values.begin())) << value;
      const auto first = FirstFrom(view, static_cast<std::uint32_t>(value));
      ASSERT_EQ(first.has_value(), at != values.end()) << value;
      ASSERT_EQ(first.value_or(0), at == values.end() ? 0 : *at);
      if (values.empty()) continue;
      const std::uint64_t rank = rng() % values.size();
      ASSERT_EQ(ValueAt(view, rank), values[rank]);
    }
    EXPECT_THROW(ValueAt(view, values.size()), Error);
  }
}

TEST(BitmapShift, AgreesWithAddingToEveryValue) {
  std::mt19937_64 rng(34);
  for (int round = 0; round < 6; ++round) {
    SCOPED_TRACE(round);
    const Set set = oracle::RandomSet(rng);
    const auto bytes = oracle::RandomPortable(set, rng);
    for (const std::int64_t size :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{63}, std::int64_t{64}, std::int64_t{65535},
          std::int64_t{65536}, std::int64_t{1} << 31, static_cast<std::int64_t>(kEnd) - 1,
          static_cast<std::int64_t>(kEnd), std::numeric_limits<std::int64_t>::max(),
          static_cast<std::int64_t>(rng() % 200000)}) {
      for (const std::int64_t distance : {size, -size}) {
        Set expected;
        for (const std::uint32_t value : set) {
          std::int64_t moved = 0;
          if (__builtin_add_overflow(value, distance, &moved)) continue;
          if (moved >= 0 && moved < static_cast<std::int64_t>(kEnd)) {
            expected.insert(expected.end(), static_cast<std::uint32_t>(moved));
          }
        }
        const auto shifted =
            Changed(bytes, [=](const BitmapView& v, BitmapParts* p) { Shift(v, distance, p); });
        ASSERT_EQ(ValuesOf(shifted), expected) << distance;
      }
    }
  }
}

TEST(RunOptimize, KeepsTheValuesAndGivesTheLibrarysBytes) {
  std::mt19937_64 rng(35);
  for (int round = 0; round < 20; ++round) {
    SCOPED_TRACE(round);
    const Set set = oracle::RandomSet(rng);
    const auto bytes = oracle::RandomPortable(set, rng);
    const auto optimized = Changed(bytes, RunOptimize);
    ASSERT_EQ(ValuesOf(optimized), set);
    ASSERT_EQ(optimized, oracle::RunOptimized(bytes));
  }
}

}  // namespace
}  // namespace cdp::bitmap
