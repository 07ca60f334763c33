#include "core/behavior/timeline_tally.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <random>

namespace cdp::behavior {
namespace {

auto* const kMemory = std::pmr::new_delete_resource();
using Payload = std::pmr::vector<std::byte>;
using Key = std::vector<std::int32_t>;

/// A table which gives its memory back.
struct Table {
  explicit Table(const TallyShape& shape) : table(shape, kMemory) {}
  ~Table() { kMemory->deallocate(table.block(), table.size(), 8); }
  std::span<const std::byte> payload() const {
    return {reinterpret_cast<const std::byte*>(table.block()) + kTallyLengthWord,
            table.size() - kTallyLengthWord};
  }
  TallyTable table;
};

ErrorCode CodeOf(const Payload& payload) {
  try {
    CheckedTally(payload, ErrorCode::kInvalidBinary, kMemory);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::kInternal;
}

TEST(TimelineTallyProperty, AddsAsAMapDoes) {
  std::mt19937_64 rng(20250303);
  for (int round = 0; round < 2000; ++round) {
    const TallyShape shape{TallyKind::kCredit, static_cast<std::uint8_t>(1 + rng() % 5),
                           rng() % 2 == 0, rng()};
    Table parts[2] = {Table(shape), Table(shape)};
    std::map<Key, std::pair<std::int64_t, std::int64_t>> slow;
    const std::size_t adds = rng() % (round % 50 == 0 ? 3000 : 40);
    for (std::size_t i = 0; i < adds; ++i) {
      Key key(shape.parts);
      for (auto& part : key) part = static_cast<std::int32_t>(rng() % 5) - 2;
      if (rng() % 8 == 0) key[0] = static_cast<std::int32_t>(rng());
      const auto count = static_cast<std::int64_t>(1 + rng() % 9);
      const std::int64_t total = shape.totals ? static_cast<std::int64_t>(rng() % 99) - 50 : 0;
      parts[rng() % 2].table.Add(key, count, total);
      slow[key].first += count;
      slow[key].second += total;
    }
    // By the build form, by the sealed form, and one after the other.
    Table sum(shape);
    sum.table.Merge(parts[0].payload());
    sum.table.Merge(SealTally(parts[1].table, kMemory));
    const Payload sealed = SealTally(sum.table, kMemory);
    const TallyView view(sealed);
    ASSERT_EQ(view.shape(), shape);
    ASSERT_EQ(view.size(), slow.size());
    std::size_t i = 0;
    for (const auto& [key, numbers] : slow) {
      const TallyRow row = view.At(i++);
      ASSERT_EQ(Key(row.key, row.key + shape.parts), key) << "round " << round;
      ASSERT_EQ(std::pair(row.count, row.total), numbers) << "round " << round;
    }
    ASSERT_EQ(CodeOf(sealed), ErrorCode::kInternal);
  }
}

// Small parts have places of their own in a large table; others come among them.
TEST(TimelineTallyProperty, ManyPathsOfThree) {
  std::mt19937_64 rng(20250305);
  for (int round = 0; round < 6; ++round) {
    const TallyShape shape{TallyKind::kPaths, 3, false, 1};
    Table parts[2] = {Table(shape), Table(shape)};
    std::map<Key, std::int64_t> slow;
    const std::int32_t codes = round % 3 == 0 ? 20 : 32;
    for (int i = 0; i < 60'000; ++i) {
      Key key(3);
      for (auto& part : key) part = static_cast<std::int32_t>(rng() % codes);
      if (round > 1 && rng() % 4 == 0) key[rng() % 3] = static_cast<std::int32_t>(rng() % 70) - 2;
      parts[rng() % 2].table.Add(key, 1);
      ++slow[key];
    }
    Table sum(shape);
    sum.table.Merge(parts[0].payload());
    sum.table.Merge(SealTally(parts[1].table, kMemory));
    const Payload sealed = SealTally(sum.table, kMemory);
    const TallyView view(sealed);
    ASSERT_EQ(view.size(), slow.size());
    std::size_t i = 0;
    for (const auto& [key, count] : slow) {
      const TallyRow row = view.At(i++);
      ASSERT_EQ(Key(row.key, row.key + 3), key);
      ASSERT_EQ(row.count, count);
    }
  }
}

TEST(TimelineTally, TheTopIsByCountThenByKey) {
  Table table({TallyKind::kPaths, 1, false, 0});
  for (const auto& [key, count] : std::map<int, int>{{5, 2}, {-3, 2}, {4, 9}, {1, 1}}) {
    table.table.Add(std::vector<std::int32_t>{key}, count);
  }
  const Payload sealed = SealTally(table.table, kMemory);
  std::vector<int> keys;
  for (const TallyRow& row : TopOfTally(TallyView(sealed), 3, kMemory)) keys.push_back(row.key[0]);
  EXPECT_EQ(keys, (std::vector<int>{4, -3, 5}));
  EXPECT_TRUE(TopOfTally(TallyView(sealed), 0, kMemory).empty());
}

TEST(TimelineTally, RefusesWhatDoesNotFit) {
  Table table({TallyKind::kCredit, 1, true, 0});
  const std::vector<std::int32_t> key{1};
  table.table.Add(key, 1, INT64_MAX);
  EXPECT_THROW(table.table.Add(key, 1, 1), Error);
  Table other({TallyKind::kCredit, 1, true, 1});
  EXPECT_THROW(other.table.Merge(table.payload()), Error);
  EXPECT_THROW(other.table.Merge(SealTally(table.table, kMemory)), Error);
}

TEST(TimelineTally, HostileBytesAreRefusedOrRead) {
  Table table({TallyKind::kCredit, 3, true, 5});
  for (std::int32_t i = 0; i < 20; ++i) table.table.Add(std::vector{i, -i, 7}, i + 1, i);
  const Payload sealed = SealTally(table.table, kMemory);
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    ASSERT_EQ(CodeOf({sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(size)}),
              ErrorCode::kInvalidBinary);
  }
  std::mt19937_64 rng(20250304);
  for (int round = 0; round < 20000; ++round) {
    Payload wrong = sealed;
    for (int i = 0; i < 2; ++i) {
      wrong[rng() % (i == 0 ? 20 : wrong.size())] = static_cast<std::byte>(rng());
    }
    try {
      const TallyView view(wrong);
      TopOfTally(view, 5, kMemory);
      Table into(view.shape());
      into.table.Merge(wrong);
    } catch (const Error&) {
    }
    CodeOf(wrong);
  }
  EXPECT_EQ(CodeOf({sealed.begin(), sealed.end()}), ErrorCode::kInternal);
}

// The largest table that a value can be is filled to seven eighths; then an error comes instead of
// a larger one. Of its 671 MB, zeros, only a few pages are ever touched.
TEST(TimelineTally, EndsWhereAValueEnds) {
  const TallyShape shape{TallyKind::kCredit, kMaxTallyParts, true, 7};
  constexpr unsigned kSlotsLog2 = 23;
  const std::size_t size =
      sizeof(TallyHeader) + ((kMaxTallyParts / 2 + 2) * sizeof(std::uint64_t) << kSlotsLog2);
  ASSERT_LT(size, std::size_t{1} << 30);
  const std::unique_ptr<void, void (*)(void*)> pages(std::calloc(size, 1), std::free);
  ASSERT_NE(pages, nullptr);
  auto* const header = static_cast<TallyHeader*>(pages.get());
  {
    const Table first(shape);
    *header = *first.table.block();
  }
  header->slots_log2 = kSlotsLog2;
  header->used = (std::uint32_t{1} << kSlotsLog2) / 8 * 7 - 1;

  TallyTable table(header, size, shape, std::pmr::null_memory_resource());
  Key key(kMaxTallyParts, 1);
  table.Add(key, 1, 1);
  const Key other(kMaxTallyParts, 2);
  try {
    table.Add(other, 1, 1);
    FAIL() << "went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kLimitExceeded);
    EXPECT_STREQ(error.what(), "tally has too many different keys");
  }
  table.Add(key, 1, 1);
  EXPECT_EQ(table.block(), header);
  EXPECT_EQ(header->used, (std::uint32_t{1} << kSlotsLog2) / 8 * 7);
}

}  // namespace
}  // namespace cdp::behavior
