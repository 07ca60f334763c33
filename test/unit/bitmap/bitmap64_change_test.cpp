// Every function that makes a 64-bit bitmap, against a std::set.
#include <gtest/gtest.h>

#include <numeric>

#include "core/bitmap/bitmap64_convert.h"
#include "core/bitmap/bitmap64_range.h"
#include "core/bitmap/bitmap64_set.h"
#include "core/bitmap/bitmap64_text.h"
#include "core/bitmap/sort.h"
#include "oracle/bitmap64.h"
#include "unit/sanitized.h"

namespace cdp::bitmap {
namespace {

using oracle::Set64;
using oracle::Values64;
using ByteVector = std::vector<std::byte>;

template <class Append>
ByteVector Made(Append append) {
  BucketList list(std::pmr::new_delete_resource());
  append(&list);
  ByteVector bytes(list.size());
  list.Write(bytes.data());
  return bytes;
}

Values64 ValuesOf(Bytes bytes) {
  Values64 values(Cardinality64(bytes));
  Decode64(bytes, values.data());
  return values;
}

Values64 ValuesOf(const Set64& set) { return {set.begin(), set.end()}; }

// Any result is in normal form: the validator gives back the same bytes.
void ExpectSet(const ByteVector& bytes, const Set64& set) {
  ASSERT_EQ(ValuesOf(bytes), ValuesOf(set));
  ASSERT_EQ(Made([&](BucketList* list) { AppendForeign(bytes, list); }), bytes);
}

class Bitmap64Change : public testing::TestWithParam<int> {
 protected:
  std::mt19937_64 rng_{static_cast<std::uint64_t>(GetParam())};
  Set64 a_ = oracle::RandomSet64(rng_);
  Set64 b_ = oracle::RandomSet64(rng_);
  ByteVector x_ = oracle::Portable64(a_, rng_);
  ByteVector y_ = oracle::Portable64(b_, rng_);

  std::uint64_t Point() { return oracle::RandomPoint(a_, rng_); }
};
INSTANTIATE_TEST_SUITE_P(Seeds, Bitmap64Change, testing::Range(1, 4));

TEST_P(Bitmap64Change, SetOperations) {
  if (GetParam() % 3 == 0) {  // sets that share much, and one inside the other
    for (const std::uint64_t value : a_) {
      if (GetParam() == 3 || rng_() % 2 == 0) b_.insert(value);
    }
    y_ = oracle::Portable64(b_, rng_);
  }
  Set64 both, either, left, right, one;
  std::set_intersection(a_.begin(), a_.end(), b_.begin(), b_.end(),
                        std::inserter(both, both.end()));
  std::set_union(a_.begin(), a_.end(), b_.begin(), b_.end(), std::inserter(either, either.end()));
  std::set_difference(a_.begin(), a_.end(), b_.begin(), b_.end(), std::inserter(left, left.end()));
  std::set_difference(b_.begin(), b_.end(), a_.begin(), a_.end(),
                      std::inserter(right, right.end()));
  std::set_union(left.begin(), left.end(), right.begin(), right.end(),
                 std::inserter(one, one.end()));
  const auto combined = [&](SetOperation operation) {
    return Made([&](BucketList* list) { AppendCombined(operation, x_, y_, list); });
  };
  ExpectSet(combined(SetOperation::kAnd), both);
  ExpectSet(combined(SetOperation::kOr), either);
  ExpectSet(combined(SetOperation::kXor), one);
  ExpectSet(combined(SetOperation::kAndNot), left);
  EXPECT_EQ(AndCardinality64(x_, y_), both.size());
  EXPECT_EQ(Intersects64(x_, y_), !both.empty());
  EXPECT_EQ(IncludesAll64(x_, y_), right.empty());
  EXPECT_EQ(IncludesAll64(y_, x_), left.empty());
  EXPECT_EQ(Equal64(x_, y_), one.empty());
  EXPECT_TRUE(Equal64(x_, oracle::Portable64(a_, rng_))) << "written in other containers";
  EXPECT_TRUE(IncludesAll64(combined(SetOperation::kOr), x_));
}

TEST_P(Bitmap64Change, SingleValues) {
  for (int i = 0; i < Rounds(20); ++i) {
    const std::uint64_t value = Point();
    Set64 with = a_;
    with.insert(value);
    Set64 without = a_;
    without.erase(value);
    ExpectSet(Made([&](BucketList* list) { AppendWith(x_, value, list); }), with);
    ExpectSet(Made([&](BucketList* list) { AppendWithout(x_, value, list); }), without);
  }
}

TEST_P(Bitmap64Change, RangesOfWhatIsThere) {
  for (int i = 0; i < Rounds(20); ++i) {
    const Range64 range = RangeOf(Point(), i % 5 == 0 ? 0 : Point());
    SCOPED_TRACE(testing::Message() << range.first << " to " << range.last);
    Set64 inside, outside;
    for (const std::uint64_t value : a_) {
      (range.first <= value && value <= range.last ? inside : outside).insert(value);
    }
    ExpectSet(Made([&](BucketList* list) { AppendRange(x_, range, list); }), inside);
    ExpectSet(Made([&](BucketList* list) { AppendCleared(x_, range, list); }), outside);
    EXPECT_EQ(RangeCardinality64(x_, range), inside.size());

    const Values64 values = ValuesOf(inside);
    for (const bool reverse : {false, true}) {
      const auto limit = static_cast<std::int64_t>(rng_() % (values.size() + 3)) - 1;
      const auto offset = static_cast<std::int64_t>(rng_() % (values.size() + 3)) - 1;
      const Page page = {limit, offset, reverse};
      Set64 selected;
      for (std::size_t k = 0; k < values.size(); ++k) {
        const auto place = static_cast<std::int64_t>(reverse ? values.size() - 1 - k : k);
        if (place >= std::max<std::int64_t>(offset, 0) &&
            place < std::max<std::int64_t>(offset, 0) + limit) {
          selected.insert(values[k]);
        }
      }
      ExpectSet(Made([&](BucketList* list) { AppendRange(x_, PageRange(x_, range, page), list); }),
                selected);
    }
  }
}

TEST_P(Bitmap64Change, FillingAndFlipping) {
  for (int i = 0; i < Rounds(12); ++i) {
    const std::uint64_t start = Point();
    const std::uint64_t end = start + rng_() % 200000;
    const Range64 range = RangeOf(start, end);
    SCOPED_TRACE(testing::Message() << start << " to " << end);
    Set64 filled = a_;
    Set64 flipped = a_;
    for (std::uint64_t value = range.first; !range.empty(); ++value) {
      filled.insert(value);
      if (flipped.erase(value) == 0) flipped.insert(value);
      if (value == range.last) break;
    }
    ExpectSet(Made([&](BucketList* list) { AppendFilled(x_, range, list); }), filled);
    ExpectSet(Made([&](BucketList* list) { AppendFlipped(x_, range, list); }), flipped);
  }
}

TEST_P(Bitmap64Change, Shifting) {
  std::vector<std::int64_t> distances = {
      0, 1, -1, INT64_MAX, INT64_MIN, INT64_C(1) << 32, -(INT64_C(1) << 32), 65536, -65536};
  for (int i = 0; i < Rounds(12); ++i) distances.push_back(static_cast<std::int64_t>(Point()));
  for (const std::int64_t distance : distances) {
    SCOPED_TRACE(distance);
    Set64 shifted;
    for (const std::uint64_t value : a_) {
      const __int128 moved = static_cast<__int128>(value) + distance;
      if (moved >= 0 && moved <= static_cast<__int128>(UINT64_MAX)) {
        shifted.insert(shifted.end(), static_cast<std::uint64_t>(moved));
      }
    }
    ExpectSet(Made([&](BucketList* list) { AppendShifted(x_, distance, list); }), shifted);
  }
}

TEST_P(Bitmap64Change, RunsWhereTheyAreShorter) {
  const auto compact = Made([&](BucketList* list) { AppendCompacted(x_, list); });
  ExpectSet(compact, a_);
}

TEST(Bitmap64Compact, ALongRunIsShort) {
  Values64 values(100000);
  std::iota(values.begin(), values.end(), UINT64_C(0xffff0000));
  const auto bytes = Made([&](BucketList* list) { AppendSorted(values, list); });
  const auto compact = Made([&](BucketList* list) { AppendCompacted(bytes, list); });
  EXPECT_EQ(ValuesOf(compact), values);
  EXPECT_LT(compact.size(), 100u);
}

TEST_P(Bitmap64Change, ForeignBytesComeIntoNormalForm) {
  ByteVector longer = x_;
  longer.insert(longer.end(), 7, std::byte{0xab});
  ExpectSet(Made([&](BucketList* list) { AppendForeign(longer, list); }), a_);
}

TEST_P(Bitmap64Change, TextComesBack) {
  std::string text(MaxArrayText64(x_), '?');
  text.resize(static_cast<std::size_t>(WriteArrayText64(x_, text.data()) - text.data()));
  const auto values = ParseArrayText64(text, std::pmr::new_delete_resource());
  ASSERT_EQ(Values64(values.begin(), values.end()), ValuesOf(a_));
}

TEST_P(Bitmap64Change, IntegersComeBackFrom32Bits) {
  oracle::Set set = oracle::RandomSet(rng_);
  set.insert({0x7fffffff, 0x80000000, 0xffffffff});
  const auto bytes = oracle::RandomPortable(set, rng_);
  const auto extended = Made([&](BucketList* list) { AppendExtended(bytes, list); });
  Set64 expected;
  for (const std::uint32_t value : set) {
    expected.insert(static_cast<std::uint64_t>(static_cast<std::int32_t>(value)));
  }
  ExpectSet(extended, expected);
  Arena arena;
  const BitmapView narrowed(Narrowed(extended, &arena));
  oracle::Values values(narrowed.Cardinality());
  narrowed.Decode(values.data());
  ASSERT_EQ(values, oracle::Values(set.begin(), set.end()));
}

void ExpectNoInt4(std::uint64_t value, const std::string& text) {
  std::mt19937_64 rng(1);
  Arena arena;
  try {
    Narrowed(oracle::Portable64({1, value, ~std::uint64_t{0}}, rng), &arena);
    FAIL() << value;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kOutOfRange);
    EXPECT_EQ(error.what(), "value \"" + text + "\" is out of range for type integer");
  }
}

TEST(Bitmap64Convert, OnlyInt4BecomesInt4) {
  ExpectNoInt4(0x80000000, "2147483648");
  ExpectNoInt4(0x100000000, "4294967296");
  ExpectNoInt4(static_cast<std::uint64_t>(INT64_C(-2147483649)), "-2147483649");
  ExpectNoInt4(static_cast<std::uint64_t>(INT64_MIN), "-9223372036854775808");
}

TEST(Bitmap64Fill, ALimitIsAnErrorBeforeAnyWork) {
  std::mt19937_64 rng(1);
  const auto bytes = oracle::Portable64({1, 2}, rng);
  for (const std::uint64_t start : {0, 1, 5}) {
    for (const auto append : {AppendFilled, AppendFlipped}) {
      try {
        Made([&](BucketList* list) { append(bytes, RangeOf(start, 0), list); });
        FAIL();
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kLimitExceeded);
      }
    }
  }
}

TEST(Bitmap64Fill, WholeBuckets) {
  std::mt19937_64 rng(1);
  const auto bytes = oracle::Portable64({7, 0x200000005}, rng);
  const Range64 range = {0x80000000, 0x2ffffffff};
  const auto filled = Made([&](BucketList* list) { AppendFilled(bytes, range, list); });
  EXPECT_EQ(Cardinality64(filled), 0x280000001u);
  const auto flipped = Made([&](BucketList* list) { AppendFlipped(filled, range, list); });
  EXPECT_EQ(ValuesOf(flipped), Values64{7});
  EXPECT_FALSE(
      Contains64(Made([&](BucketList* list) { AppendFlipped(bytes, range, list); }), 0x200000005));
}

}  // namespace
}  // namespace cdp::bitmap
