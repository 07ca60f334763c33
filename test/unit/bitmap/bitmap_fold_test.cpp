#include "core/bitmap/bitmap_fold.h"

#include <gtest/gtest.h>

#include <optional>

#include "core/bitmap/accumulator.h"
#include "core/bitmap/bitmap64_view.h"
#include "core/bitmap/bitmap_compare.h"
#include "core/bitmap/bitmap_set.h"
#include "oracle/bitmap64.h"

namespace cdp::bitmap {
namespace {

using PortableBytes = std::vector<std::byte>;

TEST(BitmapFold, AcceptsAsAggregateFormNothingElse) {
  std::mt19937_64 rng(20261101);
  int accepted = 0;
  for (int round = 0; round < 25; ++round) {
    const oracle::Set set = oracle::RandomSet(rng);
    const PortableBytes swift = oracle::SwiftPortable(set);
    for (const PortableBytes& bytes : {swift, oracle::RandomPortable(set, rng)}) {
      ASSERT_TRUE(IsNormal(bytes)) << "round " << round;
      if (!IsAggregateForm(bytes)) continue;
      ASSERT_EQ(bytes, swift) << "round " << round;
      ++accepted;
    }
    const oracle::Set64 wide(set.begin(), set.end());
    const PortableBytes swift64 = oracle::SwiftPortable64(wide);
    ASSERT_TRUE(IsNormal64(swift64));
    ASSERT_EQ(IsAggregateForm64(swift64), set.empty() || IsAggregateForm(swift));
  }
  EXPECT_GT(accepted, 5);
}

TEST(BitmapFold, KnowsTheFormOfRunsAndOfLists) {
  const auto swift = [](std::uint32_t runs, std::uint32_t length) {
    oracle::Set set;
    for (std::uint32_t i = 0; i < runs * length; ++i) set.insert(i + i / length * 5);
    return IsAggregateForm(oracle::SwiftPortable(set)) &&
           !IsAggregateForm(oracle::Portable(set, [](auto...) { return true; }));
  };
  // As lists, which the other form is not; and both as lists or both as runs.
  EXPECT_TRUE(swift(3, 7));
  EXPECT_TRUE(swift(300, 2));
  EXPECT_FALSE(swift(3, 400));
  const PortableBytes trailing = [] {
    PortableBytes bytes = oracle::SwiftPortable({1, 2, 3});
    bytes.push_back(std::byte{0});
    return bytes;
  }();
  EXPECT_FALSE(IsNormal(trailing));
  EXPECT_FALSE(IsAggregateForm(trailing));
}

// A step reads nothing wrong that it has not been asked to pass over.
TEST(BitmapFold, RefusesWhatAnOperationWouldRead) {
  // Two lists, the second of which descends.
  PortableBytes wrong = oracle::SwiftPortable({1, 5, 65536, 65540});
  std::swap(wrong[wrong.size() - 4], wrong[wrong.size() - 2]);
  const auto refuses = [&wrong](SetOperation operation, const oracle::Set& state) {
    const PortableBytes bytes = oracle::SwiftPortable(state);
    const auto wide = [](const PortableBytes& bitmap) {
      PortableBytes bytes64(kBucketCountBytes + kBucketHeaderBytes);
      bytes64[0] = std::byte{1};
      bytes64.insert(bytes64.end(), bitmap.begin(), bitmap.end());
      return bytes64;
    };
    bool narrow_refused = false;
    bool wide_refused = false;
    try {
      CheckOperand(operation, BitmapView(bytes), BitmapView(wrong));
    } catch (const Error&) {
      narrow_refused = true;
    }
    try {
      CheckOperand64(operation, wide(bytes), wide(wrong));
    } catch (const Error&) {
      wide_refused = true;
    }
    EXPECT_EQ(narrow_refused, wide_refused);
    return narrow_refused;
  };
  EXPECT_TRUE(refuses(SetOperation::kOr, {1}));
  EXPECT_TRUE(refuses(SetOperation::kXor, {1}));
  EXPECT_TRUE(refuses(SetOperation::kAnd, {65536}));
  EXPECT_TRUE(refuses(SetOperation::kAnd, {1, 65536, 200000}));
  EXPECT_FALSE(refuses(SetOperation::kAnd, {1, 200000}));
}

// What a step gives, or that it refuses.
std::optional<PortableBytes> Folded(SetOperation operation, const PortableBytes& state,
                                    Bytes other) {
  try {
    const BitmapView mine(state);
    const BitmapView theirs(other);
    CheckOperand(operation, mine, theirs);
    const OutputBound bound = BoundCombined(operation, mine, theirs);
    PortableBytes result(bound.Total());
    result.resize(WriteCombined(operation, mine, theirs, bound, result.data()));
    return result;
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<PortableBytes> Accumulated(SetOperation operation, const PortableBytes& state,
                                         Bytes other) {
  try {
    Accumulator<std::uint32_t> set(std::pmr::new_delete_resource());
    set.Fold(SetOperation::kOr, state);
    set.Fold(operation, other);
    PortableBytes result(set.PortableSize());
    set.WritePortable(result.data());
    return result;
  } catch (const Error&) {
    return std::nullopt;
  }
}

TEST(BitmapFold, AgreesWithAnAccumulatorOverAnyBytes) {
  std::mt19937_64 rng(20261102);
  const oracle::Set near = {1, 2, 3, 65535, 65536, 70000, 131072, 0xffffffff};
  const PortableBytes state = oracle::SwiftPortable(near);
  int answers = 0;
  int refusals = 0;
  for (int round = 0; round < 6; ++round) {
    const PortableBytes right = oracle::RandomPortable(oracle::RandomSet(rng), rng);
    for (int change = 0; change < 40; ++change) {
      // In a block of its size, so that the sanitizer sees every step beyond.
      PortableBytes other(right.begin(), right.end());
      for (std::uint64_t i = 0; i < rng() % 3; ++i) {
        const std::size_t within =
            rng() % 2 == 0 ? other.size() : std::min<std::size_t>(60, other.size());
        other[rng() % within] ^= static_cast<std::byte>(1u << rng() % 8);
      }
      for (const auto operation : {SetOperation::kOr, SetOperation::kXor, SetOperation::kAnd}) {
        const auto folded = Folded(operation, state, other);
        const auto expected = Accumulated(operation, state, other);
        ASSERT_EQ(folded.has_value(), expected.has_value()) << round << " " << change;
        ++(folded.has_value() ? answers : refusals);
        if (folded.has_value()) {
          ASSERT_TRUE(Equal(BitmapView(*folded), BitmapView(*expected)));
        }
      }
    }
  }
  EXPECT_GT(answers, 100);
  EXPECT_GT(refusals, 100);
}

}  // namespace
}  // namespace cdp::bitmap
