#include "core/bitmap/bitmap.h"

#include <gtest/gtest.h>

#include <memory_resource>

#include "core/bitmap/bitmap_builder.h"
#include "core/bitmap/bitmap_view.h"
#include "core/bitmap/bitmap_writer.h"
#include "core/bitmap/sort.h"
#include "oracle/bitmap.h"
#include "unit/sanitized.h"

namespace cdp::bitmap {
namespace {

using oracle::Set;
using oracle::Values;

Values ValuesOf(const Bitmap& bitmap) {
  std::vector<std::byte> bytes(bitmap.PortableSize());
  bitmap.WritePortable(bytes.data());
  const BitmapView view(bytes);
  EXPECT_EQ(view.Cardinality(), bitmap.Cardinality());
  Values values(view.Cardinality());
  view.Decode(values.data());
  return values;
}

Values ValuesOf(const Set& set) { return Values(set.begin(), set.end()); }

TEST(Bitmap, SetOperationsAgreeWithSets) {
  std::mt19937_64 rng(11);
  for (int round = 0; round < Rounds(20); ++round) {
    SCOPED_TRACE(round);
    const Set a = oracle::RandomSet(rng);
    const Set b = oracle::RandomSet(rng);
    const auto a_bytes = oracle::RandomPortable(a, rng);
    const auto b_bytes = oracle::RandomPortable(b, rng);
    const auto apply = [&](SetOperation operation) {
      Bitmap result = Bitmap::FromPortable(a_bytes);
      result.Apply(operation, Bitmap::FromPortable(b_bytes));
      return ValuesOf(result);
    };
    ASSERT_EQ(apply(SetOperation::kAnd), ValuesOf(oracle::And(a, b)));
    ASSERT_EQ(apply(SetOperation::kOr), ValuesOf(oracle::Or(a, b)));
    ASSERT_EQ(apply(SetOperation::kXor), ValuesOf(oracle::Xor(a, b)));
    ASSERT_EQ(apply(SetOperation::kAndNot), ValuesOf(oracle::AndNot(a, b)));
  }
}

TEST(Bitmap, AddAndRemoveChangeOneValue) {
  Bitmap bitmap;
  EXPECT_TRUE(bitmap.empty());
  for (const std::uint32_t value : {5u, 0xffffffffu, 0x80000000u, 5u}) bitmap.Add(value);
  EXPECT_EQ(ValuesOf(bitmap), (Values{5, 0x80000000, 0xffffffff}));
  bitmap.Remove(5);
  bitmap.Remove(6);
  EXPECT_EQ(ValuesOf(bitmap), (Values{0x80000000, 0xffffffff}));
}

TEST(PortableWriter, WritesWhatTheFormatSays) {
  std::mt19937_64 rng(12);
  for (int round = 0; round < 20; ++round) {
    const Set set = round == 0 ? Set{} : oracle::RandomSet(rng);
    const Values values = ValuesOf(set);
    const PortableWriter writer(values);
    std::vector<std::byte> bytes(writer.size());
    writer.Write(bytes.data());
    ASSERT_EQ(bytes, oracle::Portable(set)) << "round " << round;
  }
}

TEST(SortUnique, AgreesWithASetAtEveryLength) {
  std::mt19937_64 rng(13);
  for (const std::size_t size : {0, 1, 2, 20, 32, 33, 100, 512, 513, 5000, 50000}) {
    for (const std::uint64_t range :
         {std::uint64_t{3}, std::uint64_t{5000}, std::uint64_t{1} << 22, std::uint64_t{1} << 32}) {
      Values values(size);
      for (auto& value : values) value = static_cast<std::uint32_t>(rng() % range);
      const Set expected(values.begin(), values.end());
      for (const bool sorted : {false, true}) {
        Values copy = values;
        if (sorted) std::sort(copy.begin(), copy.end());
        copy.resize(SortUnique(copy, std::pmr::new_delete_resource()));
        ASSERT_EQ(copy, ValuesOf(expected)) << size << " values below " << range;
      }
    }
  }
}

TEST(BitmapBuilder, GivesTheSetInAnyOrderAndAtAnyMoment) {
  std::mt19937_64 rng(14);
  for (const std::uint64_t range :
       {std::uint64_t{1000}, std::uint64_t{300000}, std::uint64_t{1} << 32}) {
    BitmapBuilder builder(std::pmr::new_delete_resource());
    Set expected;
    for (int i = 0; i < 30000; ++i) {
      const auto value = static_cast<std::uint32_t>(rng() % range);
      builder.Add(value);
      expected.insert(value);
      if (i % 11000 == 0) {
        ASSERT_EQ(ValuesOf(builder.Result()), ValuesOf(expected));
      }
    }
    ASSERT_EQ(ValuesOf(builder.Result()), ValuesOf(expected));
  }
}

}  // namespace
}  // namespace cdp::bitmap
