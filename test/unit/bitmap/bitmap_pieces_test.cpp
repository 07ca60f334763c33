// A bitmap of which only pieces are read answers as the same bitmap in memory.
#include <gtest/gtest.h>

#include "core/bitmap/bitmap64_order.h"
#include "core/bitmap/bitmap_range.h"
#include "core/bitmap/bitmap_rank.h"
#include "core/bitmap/bitmap_stats.h"
#include "oracle/bitmap.h"
#include "oracle/bitmap_result.h"
#include "oracle/pieces.h"

namespace cdp::bitmap {
namespace {

using oracle::Pieces;
using oracle::SameByPieces;
using oracle::Set;

constexpr std::uint64_t kEnd = std::uint64_t{1} << 32;

std::vector<std::byte> Restricted(const BitmapView& view, ValueRange range) {
  return oracle::Built([&](BitmapParts* parts) { Restrict(view, range, parts); });
}

// Asks everything that is asked by pieces.
void ExpectSame(Bytes bytes, std::mt19937_64& rng) {
  const auto same = [bytes](auto ask) { ASSERT_TRUE(SameByPieces(bytes, ask)); };
  same([](const BitmapView& view) { return view.Cardinality(); });
  same([](const BitmapView& view) { return view.empty(); });
  same([](const BitmapView& view) { return view.empty() ? 0 : view.Min(); });
  same([](const BitmapView& view) { return view.empty() ? 0 : view.Max(); });
  same([](const BitmapView& view) { return StatsOf(view).runs.bytes; });
  for (int i = 0; i < 20; ++i) {
    const std::uint32_t value =
        static_cast<std::uint32_t>(rng() % 2 == 0 ? rng() : (rng() % 10) << 16 | (rng() & 0xffff));
    const std::uint64_t start = rng() % 3 == 0 ? 0 : value;
    const ValueRange range = {start, std::min(kEnd, start + (rng() >> (rng() % 64)))};
    const auto limit = static_cast<std::int64_t>(rng() % 3000);
    const auto offset = static_cast<std::int64_t>(rng() % 20000);
    same([=](const BitmapView& view) { return view.Contains(value); });
    same([=](const BitmapView& view) { return CountBelow(view, value); });
    same([=](const BitmapView& view) { return FirstFrom(view, value); });
    same([=](const BitmapView& view) { return Cardinality(view, range); });
    for (const bool reverse : {false, true}) {
      same([=](const BitmapView& view) {
        return Restricted(view, Page(view, range, limit, offset, reverse));
      });
    }
  }
}

TEST(BitmapPieces, AnswerAsTheWholeForEveryMixOfContainers) {
  std::mt19937_64 rng(61);
  for (int round = 0; round < 30; ++round) {
    const Set set = oracle::RandomSet(rng);
    const std::uint64_t runs = rng();
    ExpectSame(
        oracle::Portable(set, [=](std::uint32_t key) { return (runs >> key % 64 & 1) != 0; }), rng);
    ExpectSame(oracle::Portable(set), rng);
  }
}

TEST(BitmapPieces, FewRunContainersHaveNoTableOfOffsets) {
  std::mt19937_64 rng(62);
  Set set;
  for (std::uint32_t key = 0; key < 6; ++key) {
    ExpectSame(oracle::Portable(set, [](std::uint32_t at) { return at % 2 == 0; }), rng);
    for (std::uint32_t low = 0; low < 5000 + key; ++low) set.insert(key << 16 | low * 3);
  }
}

TEST(BitmapPieces, TheWidestHeaderIsRead) {
  std::mt19937_64 rng(63);
  Set set;
  for (std::uint32_t key = 0; key < kMaxContainers; ++key) set.insert(set.end(), key << 16 | 5);
  const auto bytes = oracle::Portable(set);
  Pieces pieces(bytes);
  const BitmapView view(&pieces);
  EXPECT_EQ(view.Cardinality(), kMaxContainers);
  EXPECT_TRUE(view.Contains(0x80000005));
  EXPECT_FALSE(view.Contains(0x80000006));
  EXPECT_EQ(view.Max(), 0xffff0005);
  EXPECT_EQ(CountBelow(view, 0xffff0006), kMaxContainers);
}

TEST(BitmapPieces, AQuestionReadsTheHeaderAndOneContainer) {
  Set set;
  for (std::uint32_t key = 0; key < 30; ++key) {
    for (std::uint32_t low = 0; low < 30000; ++low) set.insert(set.end(), key << 16 | low * 2);
  }
  const auto bytes = oracle::Portable(set);
  constexpr std::size_t kHeader = 8 + 8 + 8 * 30;
  const auto read = [&bytes](auto ask) {
    Pieces pieces(bytes);
    ask(BitmapView(&pieces));
    return pieces.read();
  };
  EXPECT_EQ(read([](const BitmapView& view) { return view.Cardinality(); }), kHeader);
  EXPECT_EQ(read([](const BitmapView& view) { return view.Contains(17 << 16); }), kHeader + 8);
  EXPECT_EQ(read([](const BitmapView& view) { return view.Contains(99 << 16); }), kHeader);
  EXPECT_EQ(read([](const BitmapView& view) { return view.Min(); }), kHeader + 256);
  // The last value is 59998: the words behind it are passed over, 256 bytes at a time.
  EXPECT_EQ(read([](const BitmapView& view) { return view.Max(); }), kHeader + 3 * 256);
  EXPECT_EQ(read([](const BitmapView& view) { return CountBelow(view, 20 << 16); }), kHeader);
}

TEST(BitmapPieces, WrongBytesAreTheSameErrorAndNoOverRead) {
  std::mt19937_64 rng(64);
  for (int round = 0; round < 120; ++round) {
    auto bytes =
        oracle::Portable(oracle::RandomSet(rng), [&rng](std::uint32_t) { return rng() % 2 == 0; });
    const std::size_t header = std::min<std::size_t>(bytes.size(), 120);
    for (std::uint64_t i = 0; i < 1 + rng() % 4; ++i) {
      bytes[rng() % (rng() % 4 == 0 ? bytes.size() : header)] = static_cast<std::byte>(rng());
    }
    if (rng() % 3 == 0) bytes.resize(rng() % bytes.size());
    for (const std::uint32_t value : {0u, 5u, 70000u, 0x80000005u, 0xffffffffu}) {
      const auto same = [&bytes](auto ask) { ASSERT_TRUE(SameByPieces(bytes, ask)); };
      same([=](const BitmapView& view) { return view.Contains(value); });
      same([=](const BitmapView& view) { return CountBelow(view, value); });
      same([=](const BitmapView& view) { return FirstFrom(view, value); });
      same([=](const BitmapView& view) {
        return Restricted(view, Page(view, {value, kEnd}, 10, 3, value % 2 == 0));
      });
    }
  }
}

// Of buckets with these high halves, one after the other.
std::vector<std::byte> Joined(const std::vector<std::pair<std::uint32_t, Set>>& buckets) {
  std::vector<std::byte> bytes(kBucketCountBytes);
  StoreAt<std::uint64_t>(bytes.data(), buckets.size());
  for (const auto& [high, set] : buckets) {
    const std::size_t at = bytes.size();
    bytes.resize(at + kBucketHeaderBytes);
    StoreAt(bytes.data() + at, high);
    const auto bucket = oracle::Portable(set, [](std::uint32_t key) { return key % 2 == 0; });
    bytes.insert(bytes.end(), bucket.begin(), bucket.end());
  }
  return bytes;
}

// Every question about 64 bits that is asked by pieces, and its answer.
std::vector<std::uint64_t> Answers(const BitmapSource& source, std::uint64_t value) {
  std::uint64_t min = 7;
  std::uint64_t max = 7;
  const bool has_min = Min64(source, &min);
  const bool has_max = Max64(source, &max);
  return {Empty64(source),
          has_min ? min : 8,
          has_max ? max : 8,
          Cardinality64(source),
          Contains64(source, value),
          Rank64(source, value),
          static_cast<std::uint64_t>(Index64(source, value)),
          RangeCardinality64(source, RangeOf(value / 2, value))};
}

void ExpectSame64(Bytes bytes, std::mt19937_64& rng) {
  for (int i = 0; i < 10; ++i) {
    const std::uint64_t value =
        JoinHalves(static_cast<std::uint32_t>(rng() % 12), static_cast<std::uint32_t>(rng()));
    Pieces pieces(bytes);
    ASSERT_EQ(oracle::OutcomeOf([&] { return Answers(bytes, value); }),
              oracle::OutcomeOf([&] { return Answers(&pieces, value); }));
  }
}

TEST(Bitmap64Pieces, AnswerAsTheWhole) {
  std::mt19937_64 rng(65);
  ExpectSame64(Joined({}), rng);
  ExpectSame64(Joined({{3, {}}, {4, {}}}), rng);
  for (int round = 0; round < 10; ++round) {
    const Set set = oracle::RandomSet(rng);
    ExpectSame64(Joined({{1, {}}, {5, set}, {9, oracle::RandomSet(rng)}}), rng);
    ExpectSame64(Joined({{0, {9, 70000, 140000}}, {7, {}}, {0xffffffff, set}}), rng);
  }
}

TEST(Bitmap64Pieces, AQuestionReadsLittleMoreThanHeaders) {
  Set set;
  for (std::uint32_t key = 0; key < 10; ++key) {
    for (std::uint32_t low = 0; low < 5000; ++low) set.insert(set.end(), key << 16 | low * 2);
  }
  const auto bytes = Joined({{1, set}, {2, set}, {3, set}});
  const auto read = [&bytes](auto ask) {
    Pieces pieces(bytes);
    ask(&pieces);
    return pieces.read();
  };
  EXPECT_LT(read([](ByteSource* source) { return Cardinality64(source); }), 1000u);
  EXPECT_LT(read([](ByteSource* source) { return Rank64(source, JoinHalves(3, 66000)); }), 10000u);
  EXPECT_LT(read([](ByteSource* source) { return Contains64(source, JoinHalves(2, 65540)); }),
            1000u);
}

TEST(Bitmap64Pieces, WrongBytesGiveAnErrorOrAnAnswerAndNoOverRead) {
  std::mt19937_64 rng(66);
  ExpectSame64(Joined({{5, {}}, {4, {1}}}), rng);
  for (int round = 0; round < 60; ++round) {
    auto bytes = Joined({{1, {}}, {5, oracle::RandomSet(rng)}, {6, {1, 2}}});
    for (int i = 0; i < 3; ++i) bytes[rng() % 80 % bytes.size()] = static_cast<std::byte>(rng());
    if (rng() % 3 == 0) bytes.resize(rng() % bytes.size());
    ExpectSame64(bytes, rng);
  }
}

}  // namespace
}  // namespace cdp::bitmap
