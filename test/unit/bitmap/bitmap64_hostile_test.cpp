// Bytes that are no 64-bit bitmap: an error or a wrong answer, never a read outside of them.
#include <gtest/gtest.h>

#include "core/base/stop.h"
#include "core/bitmap/bitmap64_content.h"
#include "core/bitmap/bitmap64_cursor.h"
#include "core/bitmap/bitmap64_many.h"
#include "core/bitmap/bitmap64_order.h"
#include "core/bitmap/bitmap64_range.h"
#include "core/bitmap/bitmap64_set.h"
#include "core/bitmap/bitmap64_text.h"
#include "core/bitmap/bitmap_bounds.h"
#include "core/bitmap/bitmap_chunks.h"
#include "core/bitmap/bitmap_remap.h"
#include "core/bitmap/bitmap_sample.h"
#include "core/bitmap/bitmap_stats.h"
#include "core/bitmap/build_state.h"
#include "oracle/bitmap64.h"
#include "unit/sanitized.h"

namespace cdp::bitmap {
namespace {

template <class Body>
bool Refused(Body body) {
  try {
    body();
  } catch (const Error&) {
    return true;
  }
  return false;
}

template <class Append>
bool Refused(Append append, const std::vector<std::byte>& bytes) {
  return Refused([&] {
    BucketList list(std::pmr::new_delete_resource());
    append(bytes, &list);
    std::vector<std::byte> out(list.size());
    list.Write(out.data());
  });
}

void ReadAsSets(const std::vector<std::byte>& bytes) {
  auto* const memory = std::pmr::new_delete_resource();
  std::mt19937_64 rng(9);
  const auto sound = oracle::Portable64({1, 70000, 0x100000001, 0x300000003}, rng);
  const Bytes both[] = {bytes, sound};
  Refused([&] { Compare64(bytes, sound); });
  Refused([&] { Compare64(sound, bytes); });
  Refused([&] { Hash64(bytes, 0); });
  Refused([&] { StatsOf64(bytes); });
  Refused([&] { AndManyCardinality64(both, memory); });
  Refused([&] { OrManyCardinality64(both, memory); });
  Refused([&](const auto&, BucketList* list) { AppendAndMany(both, list); }, bytes);
  Refused([&](const auto&, BucketList* list) { AppendOrMany(both, list); }, bytes);
  for (const std::uint64_t count : {0, 1, 5, 4000}) {
    Refused([=](const auto& b, BucketList* list) { AppendSample(b, count, 3, list); }, bytes);
  }
  const std::uint64_t from[] = {1, 0x100000001};
  const std::uint64_t to[] = {2, 0x900000000};
  Refused([&](const auto& b, BucketList* list) { AppendRemapped(b, from, to, list); }, bytes);
  for (const int bits : {3, 16, 32, 64}) {
    Refused([&] {
      Bitmap64Chunks chunks(bytes, bits);
      std::uint64_t chunk = 0;
      BucketList list(memory);
      for (int left = 10000; left > 0 && chunks.Next(&chunk, &list);) --left;
    });
  }
  Refused([&] {
    const Bitmap64Directory directory(bytes, memory);
    CountBetween(directory, -5, 5);
    if (!directory.empty()) BoundsOf(directory);
    const std::int64_t histogram[] = {-9, 0, 0x100000000};
    MemberShare(directory, {{}, {}, histogram, 0, 10});
  });
}

void ReadAll(const std::vector<std::byte>& bytes) {
  const Range64 range = {70000, 0x100000000};
  Refused([&] { Cardinality64(bytes); });
  Refused([&] { Contains64(bytes, 0x100000001); });
  Refused([&] {
    std::uint64_t value = 0;
    Min64(bytes, &value);
    Max64(bytes, &value);
  });
  Refused([&] { RangeCardinality64(bytes, range); });
  Refused([&] { PageRange(bytes, range, {5, 1, true}); });
  Refused([&] { AndCardinality64(bytes, bytes); });
  Refused([&] { Equal64(bytes, bytes); });
  Refused([&] {
    std::uint64_t value = 0;
    int left = 100000;
    for (Bitmap64Cursor cursor(bytes); left > 0 && cursor.Next(&value);) --left;
  });
  Refused([&] {
    const std::uint64_t count = Cardinality64(bytes);
    if (count > 1000000) return;
    std::vector<std::uint64_t> values(count);
    Decode64(bytes, values.data());
    std::vector<char> text(MaxArrayText64(bytes));
    WriteArrayText64(bytes, text.data());
  });
  Refused([](const auto& b, BucketList* list) { AppendForeign(b, list); }, bytes);
  Refused([&](const auto& b, BucketList* list) { AppendCleared(b, range, list); }, bytes);
  Refused([](const auto& b, BucketList* list) { AppendShifted(b, 100, list); }, bytes);
  Refused([](const auto& b, BucketList* list) { AppendWith(b, 1, list); }, bytes);
  Refused([](const auto& b, BucketList* list) { AppendCombined(SetOperation::kXor, b, b, list); },
          bytes);
  ReadAsSets(bytes);
  Refused([&] { BuildStateValues64(bytes, std::pmr::new_delete_resource()); });
}

TEST(Bitmap64Hostile, EveryPrefixIsRefused) {
  std::mt19937_64 rng(5);
  const auto whole = oracle::Portable64({1, 70000, 0x100000001, 0x200000000, ~0ull}, rng);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::vector<std::byte> prefix(whole.begin(),
                                        whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_TRUE(Refused([](const auto& b, BucketList* list) { AppendForeign(b, list); }, prefix))
        << size;
    ReadAll(prefix);
  }
}

TEST(Bitmap64Hostile, ChangedBytesNeverLeadOutside) {
  std::mt19937_64 rng(6);
  oracle::Set64 set = {1, 2, 3, 70000, 0x100000001, 0x200000000, ~0ull};
  for (std::uint64_t i = 0; i < 5000; ++i) set.insert(0x300000000 + 3 * i);
  for (int round = 0; round < Rounds(500); ++round) {
    auto bytes = oracle::Portable64(set, rng);
    for (std::uint64_t n = rng() % 4 + 1; n > 0; --n) {
      bytes[rng() % (rng() % 2 == 0 ? 80 : bytes.size())] = static_cast<std::byte>(rng());
    }
    ReadAll(bytes);
  }
}

TEST(Bitmap64Hostile, BucketsOutOfOrderAreRefused) {
  std::mt19937_64 rng(7);
  auto bytes = oracle::Portable64({1, 0x100000001}, rng);
  bytes[8] = std::byte{1};  // both have the high half 1
  EXPECT_TRUE(Refused([](const auto& b, BucketList* list) { AppendForeign(b, list); }, bytes));
  EXPECT_TRUE(Refused([&] { Cardinality64(bytes); }));
}

TEST(Bitmap64Hostile, ACountBeyondTheBytesIsRefused) {
  std::mt19937_64 rng(8);
  auto bytes = oracle::Portable64({1}, rng);
  std::fill_n(bytes.begin(), 8, std::byte{0xff});
  EXPECT_TRUE(Refused([](const auto& b, BucketList* list) { AppendForeign(b, list); }, bytes));
  EXPECT_TRUE(Refused([&] { Cardinality64(bytes); }));
}

struct Stopped {};

TEST(Bitmap64Interrupt, LongWorkEnds) {
  std::vector<std::uint64_t> values;
  for (std::uint64_t i = 0; i < 200000; ++i) values.push_back(i << 32);
  BucketList list(std::pmr::new_delete_resource());
  AppendSorted(values, &list);
  std::vector<std::byte> bytes(list.size());
  list.Write(bytes.data());
  stop_hook = [] { throw Stopped(); };
  const auto append = [&](auto body) {
    BucketList result(std::pmr::new_delete_resource());
    EXPECT_THROW(body(&result), Stopped);
  };
  EXPECT_THROW(Cardinality64(bytes), Stopped);
  EXPECT_THROW(Contains64(bytes, ~0ull), Stopped);
  EXPECT_THROW(AndCardinality64(bytes, bytes), Stopped);
  EXPECT_THROW(Rank64(bytes, ~0ull), Stopped);
  EXPECT_THROW(Decode64(bytes, values.data()), Stopped);
  append([&](BucketList* out) { AppendForeign(bytes, out); });
  append([&](BucketList* out) { AppendShifted(bytes, 1, out); });
  append([&](BucketList* out) { AppendFilled(bytes, {0, 0xffffffffff}, out); });
  append([&](BucketList* out) { AppendCombined(SetOperation::kOr, bytes, bytes, out); });
  append([&](BucketList* out) { AppendSorted(values, out); });
  stop_hook = nullptr;
}

}  // namespace
}  // namespace cdp::bitmap
