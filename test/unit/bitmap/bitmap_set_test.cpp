#include "core/bitmap/bitmap_set.h"

#include <gtest/gtest.h>

#include <memory>

#include "core/bitmap/bitmap_compare.h"
#include "core/bitmap/bitmap_writer.h"
#include "oracle/bitmap_result.h"

namespace cdp::bitmap {
namespace {

using oracle::Set;
using oracle::Values;
using PortableBytes = std::vector<std::byte>;

constexpr SetOperation kOperations[] = {SetOperation::kAnd, SetOperation::kOr, SetOperation::kXor,
                                        SetOperation::kAndNot};

// Bytes in a block of just their size, so that the sanitizer sees every step beyond.
PortableBytes Combined(SetOperation operation, Bytes a, Bytes b) {
  const BitmapView left(a);
  const BitmapView right(b);
  const OutputBound bound = BoundCombined(operation, left, right);
  const auto out = std::make_unique<std::byte[]>(bound.Total());
  const std::size_t size = WriteCombined(operation, left, right, bound, out.get());
  EXPECT_LE(size, bound.Total());
  return {out.get(), out.get() + size};
}

Values Expected(SetOperation operation, const Values& a, const Values& b) {
  Values result;
  const auto into = std::back_inserter(result);
  switch (operation) {
    case SetOperation::kAnd:
      std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), into);
      break;
    case SetOperation::kOr:
      std::set_union(a.begin(), a.end(), b.begin(), b.end(), into);
      break;
    case SetOperation::kXor:
      std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), into);
      break;
    case SetOperation::kAndNot:
      std::set_difference(a.begin(), a.end(), b.begin(), b.end(), into);
      break;
  }
  return result;
}

Values Decoded(const PortableBytes& bytes) {
  const BitmapView view(bytes);
  Values values(view.Cardinality());
  view.Decode(values.data());
  return values;
}

// Every form of the kernels that this machine can run.
std::vector<Simd> Forms() {
  std::vector<Simd> forms;
  for (const Simd simd : {Simd::kPortable, Simd::kAvx2, Simd::kAvx512}) {
    if (simd <= BestSimd()) forms.push_back(simd);
  }
  return forms;
}

class BitmapSet : public testing::TestWithParam<Simd> {
 protected:
  void SetUp() override { UseSimd(GetParam()); }
  void TearDown() override { UseSimd(BestSimd()); }

  static void ExpectAll(const Values& a, const Values& b, const PortableBytes& a_bytes,
                        const PortableBytes& b_bytes) {
    for (const SetOperation operation : kOperations) {
      SCOPED_TRACE(static_cast<int>(operation));
      const Values expected = Expected(operation, a, b);
      const PortableBytes bytes = Combined(operation, a_bytes, b_bytes);
      oracle::Valid(bytes);
      ASSERT_EQ(Decoded(bytes), expected);
    }
    const BitmapView left(a_bytes);
    const BitmapView right(b_bytes);
    const std::size_t both = Expected(SetOperation::kAnd, a, b).size();
    ASSERT_EQ(AndCardinality(left, right), both);
    ASSERT_EQ(Intersects(left, right), both != 0);
  }
};

std::string NameOf(const testing::TestParamInfo<Simd>& info) {
  const char* const names[] = {"Portable", "Avx2", "Avx512"};
  return names[static_cast<std::size_t>(info.param)];
}
INSTANTIATE_TEST_SUITE_P(Kernels, BitmapSet, testing::ValuesIn(Forms()), NameOf);

// One container, written as runs or not.
PortableBytes OneContainer(const Values& values, bool as_runs) {
  if (as_runs) {
    return oracle::Portable(Set(values.begin(), values.end()), [](std::uint32_t) { return true; });
  }
  const PortableWriter writer(values);
  PortableBytes bytes(writer.size());
  writer.Write(bytes.data());
  return bytes;
}

Values Steps(std::uint32_t first, std::uint32_t step, std::uint32_t count) {
  Values values;
  for (std::uint32_t i = 0; i < count; ++i) values.push_back(first + i * step);
  return values;
}

TEST_P(BitmapSet, AtEveryEdgeOfAContainer) {
  const Values all[] = {{},
                        {0},
                        {65535},
                        {0, 65535},
                        Steps(0, 1, 65536),        // full
                        Steps(1, 1, 65534),        // all but the ends
                        Steps(0, 16, 4096),        // the largest array
                        Steps(3, 15, 4097),        // the smallest bitset
                        Steps(0, 2, 32768),        // every second
                        Steps(1, 2, 32768),        // the others
                        Steps(100, 1, 50),         // runs that touch, from here
                        Steps(150, 1, 4097),       //
                        Steps(65535 - 63, 1, 64),  // the last word
                        Steps(0, 9, 31),
                        Steps(0, 9, 32),
                        Steps(4, 9, 33),
                        Steps(1, 7, 8),
                        Steps(0, 3, 9)};
  struct Case {
    Values values;
    PortableBytes bytes;
  };
  std::vector<Case> cases;
  for (const Values& values : all) {
    for (const bool as_runs : {false, true}) {
      cases.push_back({values, OneContainer(values, as_runs)});
    }
  }
  for (const Case& a : cases) {
    for (const Case& b : cases) {
      ExpectAll(a.values, b.values, a.bytes, b.bytes);
      if (HasFatalFailure()) return;
    }
  }
}

TEST_P(BitmapSet, EveryPairOfRandomContainersAgreesWithSets) {
  std::mt19937_64 rng(5);
  const auto random = [&rng](std::size_t most, bool clustered) {
    Values values;
    const std::size_t count = rng() % most;
    const std::uint32_t spread = clustered ? 0x1fff : 0xffff;
    for (std::size_t i = 0; i < count; ++i) {
      values.push_back(static_cast<std::uint32_t>(rng()) & spread);
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
  };
  constexpr std::size_t kSizes[] = {10, 40, 100, 700, 4200};
  for (int round = 0; round < 400; ++round) {
    SCOPED_TRACE(round);
    const Values a = random(kSizes[rng() % 5], rng() % 2 == 0);
    const Values b = random(kSizes[rng() % 5], rng() % 2 == 0);
    ExpectAll(a, b, OneContainer(a, rng() % 4 == 0), OneContainer(b, rng() % 4 == 0));
    if (HasFatalFailure()) return;
  }
}

TEST_P(BitmapSet, MixturesOfContainersAgreeWithSets) {
  std::mt19937_64 rng(6);
  for (int round = 0; round < 8; ++round) {
    SCOPED_TRACE(round);
    const Set a = oracle::RandomSet(rng);
    const Set b = round % 5 == 0 ? a : oracle::RandomSet(rng);
    ExpectAll(Values(a.begin(), a.end()), Values(b.begin(), b.end()),
              oracle::RandomPortable(a, rng), oracle::RandomPortable(b, rng));
    if (HasFatalFailure()) return;
  }
}

TEST_P(BitmapSet, AStepAddsAndRemovesOneValue) {
  std::mt19937_64 rng(7);
  for (int round = 0; round < 2; ++round) {
    const Set set = oracle::RandomSet(rng);
    const PortableBytes bytes = oracle::RandomPortable(set, rng);
    for (const std::uint32_t value : {0u, 65535u, 65536u, 0x7fff0003u, 0xffffffffu}) {
      Set with = set;
      with.insert(value);
      Set without = set;
      without.erase(value);
      const SingleValue single(value);
      ASSERT_EQ(oracle::ValuesOf(Combined(SetOperation::kOr, bytes, single.bytes())), with);
      ASSERT_EQ(oracle::ValuesOf(Combined(SetOperation::kAndNot, bytes, single.bytes())), without);
    }
  }
}

// Whatever stands in the bytes: an error or a result of some kind, and nothing outside the blocks.
TEST_P(BitmapSet, CorruptBytesStayInside) {
  std::mt19937_64 rng(8);
  const auto damage = [&rng](PortableBytes bytes) {
    const std::size_t header = std::min<std::size_t>(bytes.size(), 100);
    const auto flip = [&](std::size_t within) {
      bytes[rng() % within] = static_cast<std::byte>(rng());
    };
    for (std::size_t i = rng() % 4; i > 0; --i) flip(header);
    for (std::size_t i = rng() % 40; i > 0; --i) flip(bytes.size());
    if (rng() % 8 == 0) bytes.resize(bytes.size() - rng() % bytes.size());
    bytes.shrink_to_fit();
    return bytes;
  };
  std::vector<PortableBytes> whole;
  for (int i = 0; i < 8; ++i) {
    const Set set = oracle::RandomSet(rng);
    whole.push_back(oracle::RandomPortable(set, rng));
    whole.push_back(oracle::RandomPortable(set, rng));
  }
  int results = 0;
  for (int round = 0; round < 600; ++round) {
    const PortableBytes a_bytes = damage(whole[rng() % whole.size()]);
    const PortableBytes b_bytes = damage(whole[rng() % whole.size()]);
    for (const SetOperation operation : kOperations) {
      try {
        Combined(operation, a_bytes, b_bytes);
        Combined(operation, b_bytes, a_bytes);
        ++results;
      } catch (const Error&) {
      }
    }
  }
  EXPECT_GT(results, 0);
}

// Arrays in no order, with one value again and again, and of blocks that never let go.
TEST_P(BitmapSet, ArraysThatAreNoneStayInside) {
  std::mt19937_64 rng(9);
  const auto array = [&rng](std::uint32_t count, unsigned kind) {
    PortableBytes bytes(16 + 2 * std::size_t{count});
    StoreAt(bytes.data(), kCookieWithoutRuns);
    StoreAt(bytes.data() + 4, std::uint32_t{1});
    StoreAt(bytes.data() + 10, static_cast<std::uint16_t>(count - 1));
    StoreAt(bytes.data() + 12, std::uint32_t{16});
    for (std::uint32_t i = 0; i < count; ++i) {
      std::uint16_t value = 5;
      if (kind == 1) value = static_cast<std::uint16_t>(rng());
      if (kind == 2) value = static_cast<std::uint16_t>(0xffff - i);
      if (kind == 3 && i % 8 == 7) value = 9;
      StoreAt(bytes.data() + 16 + 2 * std::size_t{i}, value);
    }
    return bytes;
  };
  for (const std::uint32_t a_count : {1u, 8u, 33u, 70u, 2048u, 4096u}) {
    for (const std::uint32_t b_count : {1u, 9u, 64u, 100u, 2048u, 4096u}) {
      for (unsigned kinds = 0; kinds < 16; ++kinds) {
        const PortableBytes a = array(a_count, kinds / 4);
        const PortableBytes b = array(b_count, kinds % 4);
        for (const SetOperation operation : kOperations) {
          try {
            Combined(operation, a, b);
          } catch (const Error&) {
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace cdp::bitmap
