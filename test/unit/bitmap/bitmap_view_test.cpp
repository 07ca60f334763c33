#include "core/bitmap/bitmap_view.h"

#include <gtest/gtest.h>

#include "core/bitmap/bitmap_cursor.h"
#include "oracle/bitmap.h"
#include "unit/sanitized.h"

namespace cdp::bitmap {
namespace {

using oracle::Set;
using oracle::Values;

Values Decoded(Bytes bytes) {
  const BitmapView view(bytes);
  Values values(view.Cardinality());
  view.Decode(values.data());
  return values;
}

Values Walked(Bytes bytes) {
  Values values;
  std::uint32_t value = 0;
  BitmapCursor cursor(bytes);
  while (cursor.Next(&value)) values.push_back(value);
  EXPECT_FALSE(cursor.Next(&value)) << "the end stays the end";

  Values read;
  Values some(1 + values.size() % 300);
  BitmapCursor reader(bytes);
  for (std::size_t count = 1; count != 0;) {
    count = reader.Read(some);
    read.insert(read.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(count));
  }
  EXPECT_EQ(read, values);
  return values;
}

void ExpectReads(const Set& set, Bytes bytes, std::mt19937_64& rng) {
  const BitmapView view(bytes);
  ASSERT_EQ(view.Cardinality(), set.size());
  ASSERT_EQ(view.empty(), set.empty());
  const Values values(set.begin(), set.end());
  ASSERT_EQ(Decoded(bytes), values);
  ASSERT_EQ(Walked(bytes), values);
  if (set.empty()) return;
  ASSERT_EQ(view.Min(), *set.begin());
  ASSERT_EQ(view.Max(), *set.rbegin());
  for (int i = 0; i < 300; ++i) {
    const std::uint32_t member = values[rng() % values.size()];
    for (const std::uint32_t value :
         {member, member - 1, member + 1, static_cast<std::uint32_t>(rng())}) {
      ASSERT_EQ(view.Contains(value), set.count(value) == 1) << value;
    }
  }
}

TEST(BitmapView, AnEmptyBitmapHasNothing) {
  std::mt19937_64 rng(1);
  ExpectReads({}, oracle::Portable({}), rng);
  EXPECT_FALSE(BitmapView(oracle::Portable({})).Contains(0));
}

TEST(BitmapView, TheEndsOfTheRangeAreValues) {
  std::mt19937_64 rng(2);
  const Set set = {0, 0x7fffffff, 0x80000000, 0xffffffff};
  ExpectReads(set, oracle::Portable(set), rng);
}

TEST(BitmapView, AnArrayEndsAt4096Values) {
  std::mt19937_64 rng(3);
  Set set;
  for (std::uint32_t i = 0; i < 4096; ++i) set.insert(i * 7);
  EXPECT_EQ(BitmapView(oracle::Portable(set)).At(0).kind, ContainerKind::kArray);
  ExpectReads(set, oracle::Portable(set), rng);
  set.insert(0xffff);
  EXPECT_EQ(BitmapView(oracle::Portable(set)).At(0).kind, ContainerKind::kBitset);
  ExpectReads(set, oracle::Portable(set), rng);
}

TEST(BitmapView, FewContainersWithRunsHaveNoOffsets) {
  std::mt19937_64 rng(4);
  const auto run_of_two = [](std::uint32_t key) { return key == 2; };
  Set set;
  for (std::uint32_t key = 1; key <= 5; ++key) {
    for (std::uint32_t low = 100; low < 200; ++low) set.insert(key << 16 | low);
    ExpectReads(set, oracle::Portable(set, run_of_two), rng);
  }
}

TEST(BitmapView, AgreesWithASetForEveryMixOfContainers) {
  std::mt19937_64 rng(20261122);
  for (int round = 0; round < Rounds(25); ++round) {
    SCOPED_TRACE(round);
    const Set set = oracle::RandomSet(rng);
    ExpectReads(set, oracle::RandomPortable(set, rng), rng);
  }
}

}  // namespace
}  // namespace cdp::bitmap
