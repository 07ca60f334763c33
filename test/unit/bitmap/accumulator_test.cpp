#include "core/bitmap/accumulator.h"

#include <gtest/gtest.h>

#include "oracle/bitmap64.h"

namespace cdp::bitmap {
namespace {

using oracle::Set;
using oracle::Set64;

std::pmr::memory_resource* const kHeap = std::pmr::new_delete_resource();

template <class Value>
using SetOf = std::set<Value>;

std::vector<std::byte> Swift(const Set& set) { return oracle::SwiftPortable(set); }
std::vector<std::byte> Swift(const Set64& set) { return oracle::SwiftPortable64(set); }
std::vector<std::byte> Foreign(const Set& set, std::mt19937_64& rng) {
  return oracle::RandomPortable(set, rng);
}
std::vector<std::byte> Foreign(const Set64& set, std::mt19937_64& rng) {
  return oracle::Portable64(set, rng);
}

std::vector<std::byte> AsRuns(const Set& set) {
  return oracle::Portable(set, [](std::uint32_t) { return true; });
}
std::vector<std::byte> AsRuns(const Set64& set) {
  return oracle::Portable64By(set, [](const Set& lows) { return AsRuns(lows); });
}

template <class Value>
std::vector<std::byte> PortableOf(Accumulator<Value>* accumulator) {
  std::vector<std::byte> bytes(accumulator->PortableSize());
  accumulator->WritePortable(bytes.data());
  return bytes;
}

// The bytes tell more than the values: each container is in the form it should have.
template <class Value>
void ExpectHolds(Accumulator<Value>* accumulator, const SetOf<Value>& expected) {
  ASSERT_EQ(accumulator->Cardinality(), expected.size());
  ASSERT_EQ(PortableOf(accumulator), Swift(expected));
  ASSERT_TRUE(expected.empty() || !accumulator->IsSurelyEmpty());
}

template <class Value>
SetOf<Value> Combined(SetOperation operation, const SetOf<Value>& a, const SetOf<Value>& b) {
  SetOf<Value> result;
  const auto out = std::inserter(result, result.end());
  if (operation == SetOperation::kAnd) {
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), out);
  } else if (operation == SetOperation::kXor) {
    std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), out);
  } else {
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), out);
  }
  return result;
}

template <class Value>
class AccumulatorOf : public testing::Test {};
using Widths = testing::Types<std::uint32_t, std::uint64_t>;
TYPED_TEST_SUITE(AccumulatorOf, Widths);

TYPED_TEST(AccumulatorOf, HoldsNothingAtFirst) {
  Accumulator<TypeParam> accumulator(kHeap);
  EXPECT_TRUE(accumulator.IsSurelyEmpty());
  ExpectHolds<TypeParam>(&accumulator, {});
}

// Where the values lie, and in which order they come.
enum class Order { kAscending, kDescending, kRandom, kRepeated };
template <class Value>
std::vector<Value> ValuesFor(std::uint64_t step, Order order, std::mt19937_64& rng) {
  std::vector<Value> values;
  for (std::uint64_t i = 0; i < 20000; ++i) values.push_back(static_cast<Value>(i * step));
  if (order == Order::kDescending) std::reverse(values.begin(), values.end());
  if (order == Order::kRandom) std::shuffle(values.begin(), values.end(), rng);
  if (order == Order::kRepeated) {
    for (auto& value : values) value = values[rng() % 5000];
  }
  return values;
}

TYPED_TEST(AccumulatorOf, TakesValuesInAnyOrder) {
  std::mt19937_64 rng(31);
  // Solid; bits; lists; few in each block, one in each; all over the 64 bits.
  for (const std::uint64_t step : {1ull, 7ull, 40ull, 3000ull, 65536ull, 0x9e3779b97f4a7c15ull}) {
    for (const Order order :
         {Order::kAscending, Order::kDescending, Order::kRandom, Order::kRepeated}) {
      SCOPED_TRACE(std::to_string(step) + " " + std::to_string(static_cast<int>(order)));
      const auto values = ValuesFor<TypeParam>(step, order, rng);
      Accumulator<TypeParam> accumulator(kHeap);
      SetOf<TypeParam> expected;
      for (std::size_t i = 0; i < values.size(); ++i) {
        accumulator.Add(values[i]);
        expected.insert(values[i]);
        if (i == 100 || i == 13000) ExpectHolds(&accumulator, expected);
      }
      ExpectHolds(&accumulator, expected);
      Accumulator<TypeParam> at_once(kHeap);
      at_once.Add(values);
      ASSERT_EQ(PortableOf(&at_once), PortableOf(&accumulator));
    }
  }
}

TYPED_TEST(AccumulatorOf, FoldsBitmapsOfAllKinds) {
  std::mt19937_64 rng(32);
  const auto random_set = [&rng] {
    if constexpr (sizeof(TypeParam) == 8) return oracle::RandomSet64(rng);
    if constexpr (sizeof(TypeParam) == 4) return oracle::RandomSet(rng);
  };
  for (const SetOperation operation : {SetOperation::kOr, SetOperation::kXor, SetOperation::kAnd}) {
    for (int round = 0; round < (sizeof(TypeParam) == 8 ? 1 : 2); ++round) {
      SCOPED_TRACE(std::to_string(static_cast<int>(operation)) + " " + std::to_string(round));
      Accumulator<TypeParam> accumulator(kHeap);
      auto expected = random_set();
      accumulator.Fold(SetOperation::kOr, Foreign(expected, rng));
      for (int row = 0; row < 3; ++row) {
        auto set = random_set();
        // Of what comes apart hardly anything would be left for kAnd.
        if (operation == SetOperation::kAnd) set = Combined(SetOperation::kOr, set, expected);
        if (operation == SetOperation::kAnd) {
          std::erase_if(set, [&rng](auto) { return rng() % 16 == 0; });
        }
        accumulator.Fold(operation, Foreign(set, rng));
        expected = Combined(operation, expected, set);
        if (row == 0) ExpectHolds(&accumulator, expected);
      }
      ExpectHolds(&accumulator, expected);
    }
  }
}

// As runs they take more than a quarter of a bitset, and less than a list of values.
TYPED_TEST(AccumulatorOf, RunsMayComeOutAsBits) {
  for (const int runs : {500, 511, 512, 700, 1000}) {
    SCOPED_TRACE(runs);
    std::set<TypeParam> expected;
    for (int i = 0; i < runs; ++i) {
      for (int k = 0; k < 20; ++k) expected.insert(static_cast<TypeParam>(i * 60 + k));
    }
    for (const SetOperation operation :
         {SetOperation::kOr, SetOperation::kXor, SetOperation::kAnd}) {
      Accumulator<TypeParam> accumulator(kHeap);
      accumulator.Fold(SetOperation::kOr, AsRuns(expected));
      ExpectHolds(&accumulator, expected);
      accumulator.Fold(operation, AsRuns(expected));
      if (operation == SetOperation::kXor) {
        ExpectHolds(&accumulator, std::set<TypeParam>());
      } else {
        ExpectHolds(&accumulator, expected);
      }
    }
  }
}

TYPED_TEST(AccumulatorOf, ChangesTheOperationOnTheWay) {
  std::mt19937_64 rng(33);
  for (int round = 0; round < 8; ++round) {
    Accumulator<TypeParam> accumulator(kHeap);
    SetOf<TypeParam> expected;
    for (int step = 0; step < 12; ++step) {
      SetOf<TypeParam> set;
      const std::uint64_t range = std::uint64_t{1} << (8 + rng() % 20);
      for (std::uint64_t n = rng() % 3000; n > 0; --n) {
        set.insert(static_cast<TypeParam>(rng() % range));
      }
      if (rng() % 2 == 0) {
        for (const TypeParam value : set) accumulator.Add(value);
        expected.merge(set);
        continue;
      }
      const auto operation = rng() % 4 == 0   ? SetOperation::kAnd
                             : rng() % 2 == 0 ? SetOperation::kXor
                                              : SetOperation::kOr;
      accumulator.Fold(operation, Foreign(set, rng));
      expected = Combined(operation, expected, set);
    }
    ExpectHolds(&accumulator, expected);
  }
}

TYPED_TEST(AccumulatorOf, KnowsThatAnIntersectionIsEmpty) {
  std::mt19937_64 rng(34);
  SetOf<TypeParam> left;
  SetOf<TypeParam> right;
  for (TypeParam i = 0; i < 300000; ++i) (i % 2 == 0 ? left : right).insert(i);
  right.erase(1);
  left.insert(5000000);
  Accumulator<TypeParam> accumulator(kHeap);
  accumulator.Fold(SetOperation::kOr, Foreign(left, rng));
  accumulator.Fold(SetOperation::kAnd, Foreign(right, rng));
  EXPECT_TRUE(accumulator.IsSurelyEmpty());
  ExpectHolds(&accumulator, {});
  accumulator.Add(7);
  ExpectHolds(&accumulator, {7});
}

// Wide ranges come as runs and stay them: as bits they would take half a gigabyte.
TEST(Accumulator, KeepsRunsSmall) {
  class Counting : public std::pmr::memory_resource {
   public:
    std::size_t now = 0;

   private:
    void* do_allocate(std::size_t size, std::size_t alignment) override {
      now += size;
      return kHeap->allocate(size, alignment);
    }
    void do_deallocate(void* block, std::size_t size, std::size_t alignment) override {
      now -= size;
      kHeap->deallocate(block, size, alignment);
    }
    bool do_is_equal(const memory_resource& other) const noexcept override {
      return this == &other;
    }
  } memory;
  PortableFrame frame;
  for (int key = 0; key < 65536; ++key) frame.Add(true, 6);
  std::vector<std::byte> full(frame.size());
  std::vector<std::byte> half(frame.size());
  PortableCursor full_cursor(frame, full.data());
  PortableCursor half_cursor(frame, half.data());
  for (int key = 0; key < 65536; ++key) {
    const auto put = [key](PortableCursor* cursor, std::uint16_t last) {
      std::byte* out = cursor->Next(static_cast<std::uint16_t>(key), last + 1u, true, 6);
      StoreAt(out, std::uint16_t{1});
      StoreAt(out + 2, std::uint16_t{0});
      StoreAt(out + 4, last);
    };
    put(&full_cursor, 0xffff);
    put(&half_cursor, 0x7fff);
  }
  Accumulator<std::uint32_t> accumulator(&memory);
  const std::uint64_t all = std::uint64_t{1} << 32;
  accumulator.Fold(SetOperation::kOr, half);
  EXPECT_EQ(accumulator.Cardinality(), all / 2);
  accumulator.Fold(SetOperation::kXor, full);
  EXPECT_EQ(accumulator.Cardinality(), all / 2);
  accumulator.Fold(SetOperation::kOr, full);
  accumulator.Add(1);
  accumulator.Add(0xffffffff);
  EXPECT_EQ(accumulator.Cardinality(), all);
  accumulator.Fold(SetOperation::kAnd, half);
  EXPECT_EQ(PortableOf(&accumulator), half);
  accumulator.Fold(SetOperation::kXor, half);
  EXPECT_EQ(accumulator.Cardinality(), 0u);
  EXPECT_LT(memory.now, std::size_t{20} << 20);
}

// A value with all kinds of containers, then each of its bytes wrong: an error or another set, and
// what was gathered stays a bitmap.
TYPED_TEST(AccumulatorOf, SurvivesHostileBytes) {
  std::mt19937_64 rng(35);
  SetOf<TypeParam> set;
  for (TypeParam i = 0; i < 5000; ++i) set.insert(i * 3 % 65536);
  for (TypeParam i = 0; i < 50; ++i) set.insert(65536 + i * 11);
  for (TypeParam i = 0; i < 500; ++i) set.insert(3 * 65536 + i);
  const auto good = Swift(set);
  int errors = 0;
  for (int round = 0; round < 1500; ++round) {
    auto bytes = good;
    for (auto n = rng() % 3; n > 0 || bytes == good; n -= n > 0) {
      // Mostly in the header.
      const std::size_t range =
          rng() % 2 == 0 ? std::min<std::size_t>(80, bytes.size()) : bytes.size();
      bytes[rng() % range] = static_cast<std::byte>(rng());
    }
    if (rng() % 4 == 0) bytes.resize(rng() % bytes.size());
    bytes.shrink_to_fit();
    Accumulator<TypeParam> accumulator(kHeap);
    for (TypeParam i = 0; i < 70000; i += 9) accumulator.Add(i);
    try {
      accumulator.Fold(static_cast<SetOperation>(round % 3), bytes);
    } catch (const Error&) {
      ++errors;
    }
    const auto result = PortableOf(&accumulator);
    Accumulator<TypeParam> again(kHeap);
    again.Fold(SetOperation::kOr, result);
    ASSERT_EQ(PortableOf(&again), result);
  }
  EXPECT_GT(errors, 300);
}

// Memory runs out at any moment: an exception, and what is there can be thrown away.
TYPED_TEST(AccumulatorOf, SurvivesExhaustion) {
  class Failing : public std::pmr::memory_resource {
   public:
    int until_failure = 0;

   private:
    void* do_allocate(std::size_t size, std::size_t alignment) override {
      if (until_failure-- == 0) throw std::bad_alloc();
      return kHeap->allocate(size, alignment);
    }
    void do_deallocate(void* block, std::size_t size, std::size_t alignment) override {
      kHeap->deallocate(block, size, alignment);
    }
    bool do_is_equal(const memory_resource& other) const noexcept override {
      return this == &other;
    }
  } memory;
  std::mt19937_64 rng(36);
  int failures = 0;
  for (int round = 0; round < 300; ++round) {
    SetOf<TypeParam> set;
    for (int i = 0; i < 3000; ++i) set.insert(static_cast<TypeParam>(rng() % 400000));
    const auto bytes = Foreign(set, rng);
    memory.until_failure = static_cast<int>(rng() % 120);
    Accumulator<TypeParam> accumulator(&memory);
    try {
      for (int i = 0; i < 9000; ++i) accumulator.Add(static_cast<TypeParam>(rng() % 300000));
      accumulator.Fold(SetOperation::kXor, bytes);
      accumulator.Fold(SetOperation::kOr, bytes);
      accumulator.Fold(SetOperation::kAnd, bytes);
      PortableOf(&accumulator);
    } catch (const std::bad_alloc&) {
      ++failures;
    }
  }
  EXPECT_GT(failures, 50);
}

}  // namespace
}  // namespace cdp::bitmap
