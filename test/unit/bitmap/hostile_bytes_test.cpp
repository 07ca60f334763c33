// Bytes that are no bitmap: whatever reads them says so or gives a wrong answer, and touches
// nothing outside. Every input lies in a block of exactly its size, for AddressSanitizer to watch.
#include <gtest/gtest.h>

#include <memory>

#include "core/bitmap/bitmap.h"
#include "core/bitmap/bitmap_bounds.h"
#include "core/bitmap/bitmap_compare.h"
#include "core/bitmap/bitmap_cursor.h"
#include "core/bitmap/bitmap_many.h"
#include "core/bitmap/bitmap_order.h"
#include "core/bitmap/bitmap_range.h"
#include "core/bitmap/bitmap_rank.h"
#include "core/bitmap/bitmap_sample.h"
#include "core/bitmap/bitmap_shift.h"
#include "core/bitmap/bitmap_stats.h"
#include "core/bitmap/bitmap_text.h"
#include "core/bitmap/build_state.h"
#include "oracle/bitmap.h"
#include "unit/sanitized.h"

namespace cdp::bitmap {
namespace {

using PortableBytes = std::vector<std::byte>;

class Block {
 public:
  explicit Block(const PortableBytes& bytes)
      : size_(bytes.size()), memory_(std::make_unique<std::byte[]>(size_)) {
    std::copy(bytes.begin(), bytes.end(), memory_.get());
  }
  Bytes bytes() const { return {memory_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<std::byte[]> memory_;
};

template <class Body>
void Try(Body body) {
  try {
    body();
  } catch (const Error& error) {
    ASSERT_EQ(std::string(error.what()).substr(0, 22), "bitmap format is error");
  }
}

// Builds by `build(&parts)` and writes the result, which may be as wrong as the bytes are.
template <class Build>
void TryBuild(Build build) {
  Try([&] {
    BitmapParts parts(std::pmr::new_delete_resource());
    build(&parts);
    std::vector<std::byte> result(parts.size());
    parts.Write(result.data());
  });
}

// Everything that makes another bitmap of the bytes, or reads them to answer by a number.
void Make(Bytes bytes, Bytes other) {
  auto* memory = std::pmr::new_delete_resource();
  for (const ValueRange range : {ValueRange{0, 70000}, ValueRange{65536, std::uint64_t{1} << 32},
                                 ValueRange{5, 0x80000001}}) {
    TryBuild([=](BitmapParts* parts) { Fill(BitmapView(bytes), range, parts); });
    TryBuild([=](BitmapParts* parts) { Clear(BitmapView(bytes), range, parts); });
    TryBuild([=](BitmapParts* parts) { Restrict(BitmapView(bytes), range, parts); });
    Try([=] { Cardinality(BitmapView(bytes), range); });
    Try([=] { Page(BitmapView(bytes), range, 10, 3, true); });
    Try([=] { FirstFrom(BitmapView(bytes), static_cast<std::uint32_t>(range.start)); });
  }
  TryBuild([=](BitmapParts* parts) { Flip(BitmapView(bytes), {9, 200000}, parts); });
  for (const std::int64_t distance : {1, -1, 65536, -70000}) {
    TryBuild([=](BitmapParts* parts) { Shift(BitmapView(bytes), distance, parts); });
  }
  TryBuild([=](BitmapParts* parts) { RunOptimize(BitmapView(bytes), parts); });
  TryBuild([=](BitmapParts* parts) { Sample(BitmapView(bytes), 20, 1, parts, memory); });
  Try([=] { Hash(BitmapView(bytes), 0); });
  Try([=] { StatsOf(BitmapView(bytes)); });
  Try([=] {
    const BitmapView view(bytes);
    if (!view.empty()) BoundsOf(view);
  });
  Try([=] { MemberShare(BitmapView(bytes), ColumnStats<std::int32_t>{}); });
  const auto views = [=] { return std::vector{BitmapView(bytes), BitmapView(other)}; };
  TryBuild([=](BitmapParts* parts) {
    auto both = views();
    AndMany(both, parts, memory);
  });
  TryBuild([=](BitmapParts* parts) {
    auto both = views();
    OrMany(both, parts, memory);
  });
  Try([=] {
    auto both = views();
    AndManyCardinality(both, memory);
  });
  Try([=] {
    auto both = views();
    OrManyCardinality(both, memory);
  });
}

void ReadAll(Bytes bytes, Bytes other) {
  Try([=] { Bitmap::FromPortable(bytes); });
  Try([=] {
    std::uint32_t value = 0;
    std::uint64_t count = 0;
    for (BitmapCursor cursor(bytes); cursor.Next(&value);) ++count;
    ASSERT_LE(count, std::uint64_t{1} << 32);
  });
  Try([=] {
    const BitmapView view(bytes);
    std::vector<std::uint32_t> values(view.Cardinality());
    view.Decode(values.data());
  });
  Try([=] {
    const BitmapView view(bytes);
    std::vector<char> text(MaxArrayText(view));
    ASSERT_LE(WriteArrayText(view, text.data()), text.data() + text.size());
  });
  Try([=] {
    const BitmapView view(bytes);
    for (std::uint32_t value = 0; value < 4 * 65536; value += 4099) view.Contains(value);
    if (!view.empty()) view.Min();
  });
  Try([=] {
    const BitmapView view(bytes);
    if (!view.empty()) view.Max();
  });
  for (const auto& [a, b] : {std::pair(bytes, other), std::pair(other, bytes)}) {
    const Bytes first = a;
    const Bytes second = b;
    Try([=] { AndCardinality(BitmapView(first), BitmapView(second)); });
    Try([=] { Intersects(BitmapView(first), BitmapView(second)); });
    Try([=] { IncludesAll(BitmapView(first), BitmapView(second)); });
    Try([=] { Equal(BitmapView(first), BitmapView(second)); });
    Try([=] { Compare(BitmapView(first), BitmapView(second)); });
  }
  Make(bytes, other);
  Try([=] { BuildStateValues(bytes, std::pmr::new_delete_resource()); });
}

TEST(HostileBytes, EveryTruncationIsRefused) {
  std::mt19937_64 rng(21);
  const oracle::Set set = {1, 2, 3, 70000, 70001, 0x7fffffff, 0x80000000, 0xffffffff};
  for (const PortableBytes& whole :
       {oracle::Portable(set), oracle::Portable(set, [](std::uint32_t key) { return key == 1; })}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const Block part(PortableBytes(whole.begin(), whole.begin() + static_cast<long>(size)));
      EXPECT_THROW(Bitmap::FromPortable(part.bytes()), Error) << size;
      ReadAll(part.bytes(), whole);
    }
  }
}

TEST(HostileBytes, CorruptOnesDoNoHarm) {
  std::mt19937_64 rng(22);
  for (int round = 0; round < Rounds(150); ++round) {
    SCOPED_TRACE(round);
    const oracle::Set set = oracle::RandomSet(rng);
    PortableBytes bytes = oracle::RandomPortable(set, rng);
    const Block other(oracle::RandomPortable(set, rng));
    for (std::uint64_t i = 0; i < 1 + rng() % 4; ++i) {
      // Mostly in the header, where a byte matters most.
      const std::size_t range =
          rng() % 4 == 0 ? bytes.size() : std::min<std::size_t>(80, bytes.size());
      bytes[rng() % range] = static_cast<std::byte>(rng());
    }
    if (rng() % 4 == 0) bytes.resize(rng() % (bytes.size() + 1));
    const Block corrupt(bytes);
    ReadAll(corrupt.bytes(), other.bytes());
  }
}

TEST(HostileBytes, NothingButTheTwoCookiesBeginsABitmap) {
  for (const std::uint32_t cookie : {0u, 1u, 12345u, 12348u, kBuildCookie, 0xffffffffu}) {
    PortableBytes bytes(64);
    StoreAt(bytes.data(), cookie);
    EXPECT_THROW(BitmapView{bytes}, Error) << cookie;
    EXPECT_THROW(Bitmap::FromPortable(bytes), Error) << cookie;
  }
}

TEST(HostileBytes, TheValidatorNamesWhatIsWrong) {
  // Two values in the wrong order.
  PortableBytes bytes = oracle::Portable({1, 2});
  std::swap(bytes[16], bytes[18]);
  try {
    Bitmap::FromPortable(bytes);
    FAIL() << "not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidText);
    EXPECT_EQ(std::string(error.what()).substr(0, 24), "bitmap format is error: ");
  }
}

TEST(HostileBytes, WhatFollowsTheLastContainerIsDropped) {
  PortableBytes bytes = oracle::Portable({1, 2});
  const std::size_t size = bytes.size();
  bytes.resize(size + 10);
  EXPECT_EQ(Bitmap::FromPortable(bytes).PortableSize(), size);
}

TEST(BuildState, CountsAreCheckedAgainstTheBytes) {
  PortableBytes bytes(kBuildHeaderBytes + 8);
  StoreAt(bytes.data(), kBuildCookie);
  for (const std::uint32_t count : {0u, 1u, 2u}) {
    StoreAt(bytes.data() + 4, count);
    EXPECT_EQ(BuildStateValues(bytes, std::pmr::new_delete_resource()).size(), count);
  }
  for (const std::uint32_t count : {3u, 0xffffffffu}) {
    StoreAt(bytes.data() + 4, count);
    EXPECT_THROW(BuildStateValues(bytes, std::pmr::new_delete_resource()), Error);
  }
  EXPECT_TRUE(IsBuildState(bytes));
  EXPECT_FALSE(IsBuildState(oracle::Portable({})));
}

}  // namespace
}  // namespace cdp::bitmap
