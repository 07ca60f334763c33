// Every loop that can run long hears the wish to stop.
#include <gtest/gtest.h>

#include <memory_resource>

#include "core/base/stop.h"
#include "core/bitmap/accumulator.h"
#include "core/bitmap/bitmap64_content.h"
#include "core/bitmap/bitmap64_directory.h"
#include "core/bitmap/bitmap64_many.h"
#include "core/bitmap/bitmap64_range.h"
#include "core/bitmap/bitmap64_set.h"
#include "core/bitmap/bitmap_compare.h"
#include "core/bitmap/bitmap_formula.h"
#include "core/bitmap/bitmap_many.h"
#include "core/bitmap/bitmap_order.h"
#include "core/bitmap/bitmap_range.h"
#include "core/bitmap/bitmap_remap.h"
#include "core/bitmap/bitmap_sample.h"
#include "core/bitmap/bitmap_shift.h"
#include "core/bitmap/bitmap_stats.h"
#include "core/bitmap/bitmap_text.h"
#include "core/bitmap/bitmap_writer.h"
#include "core/bitmap/normal_form.h"
#include "core/bitmap/sort.h"

namespace cdp::bitmap {
namespace {

struct Stopped {};

class Interrupt : public testing::Test {
 protected:
  void SetUp() override {
    for (std::uint32_t i = 0; i < 400000; ++i) values_.push_back(i * 3);
    const PortableWriter writer(values_);
    bytes_.resize(writer.size());
    writer.Write(bytes_.data());
    stop_hook = [] { throw Stopped(); };
  }
  void TearDown() override { stop_hook = nullptr; }

  std::vector<std::uint32_t> values_;
  std::vector<std::byte> bytes_;
};

TEST_F(Interrupt, EndsReading) {
  const BitmapView view(bytes_);
  EXPECT_THROW(view.Decode(values_.data()), Stopped);
  std::string text(MaxArrayText(view), '\0');
  EXPECT_THROW(WriteArrayText(view, text.data()), Stopped);
}

TEST_F(Interrupt, EndsComparing) {
  std::vector<std::uint32_t> sparse;
  for (std::uint32_t i = 0; i < 1000; ++i) sparse.push_back(i << 16);
  const PortableWriter writer(sparse);
  std::vector<std::byte> bytes(writer.size());
  stop_hook = nullptr;
  writer.Write(bytes.data());
  stop_hook = [] { throw Stopped(); };
  const BitmapView view(bytes);
  EXPECT_THROW(AndCardinality(view, view), Stopped);
  EXPECT_THROW(Equal(view, view), Stopped);
}

TEST_F(Interrupt, EndsChanging) {
  stop_hook = nullptr;
  std::vector<std::uint32_t> sparse;
  for (std::uint32_t i = 0; i < 60000; ++i) sparse.push_back(i << 16 | 7);
  const PortableWriter writer(sparse);
  std::vector<std::byte> bytes(writer.size());
  writer.Write(bytes.data());
  stop_hook = [] { throw Stopped(); };
  auto* memory = std::pmr::new_delete_resource();
  const BitmapView view(bytes);
  const ValueRange all = {1, (std::uint64_t{1} << 32) - 1};
  const auto expect_stop = [memory](auto body) {
    BitmapParts parts(memory);
    EXPECT_THROW(body(&parts), Stopped);
  };
  expect_stop([&](BitmapParts* parts) { Fill(view, all, parts); });
  expect_stop([&](BitmapParts* parts) { Flip(view, all, parts); });
  expect_stop([&](BitmapParts* parts) { Restrict(view, all, parts); });
  expect_stop([&](BitmapParts* parts) { Clear(view, {1, 2}, parts); });
  expect_stop([&](BitmapParts* parts) { Shift(view, 5, parts); });
  expect_stop([&](BitmapParts* parts) { RunOptimize(view, parts); });
  expect_stop([&](BitmapParts* parts) { Sample(BitmapView(bytes_), 100000, 1, parts, memory); });
  Accumulator<std::uint32_t> accumulator(memory);
  for (const auto operation : {SetOperation::kOr, SetOperation::kXor, SetOperation::kAnd}) {
    EXPECT_THROW(accumulator.Fold(operation, bytes), Stopped);
  }
  std::vector<BitmapView> views = {view, view};
  expect_stop([&](BitmapParts* parts) { AndMany(views, parts, memory); });
  expect_stop([&](BitmapParts* parts) { OrMany(views, parts, memory); });
  EXPECT_THROW(Compare(view, view), Stopped);
  EXPECT_THROW(Hash(view, 0), Stopped);
  expect_stop([&](BitmapParts* parts) { KeepChecked(bytes, nullptr, parts); });
}

TEST_F(Interrupt, EndsFormulas) {
  auto* memory = std::pmr::new_delete_resource();
  std::vector<std::byte> wide(kBucketCountBytes + kBucketHeaderBytes);
  wide[0] = std::byte{1};
  wide.insert(wide.end(), bytes_.begin(), bytes_.end());
  for (const char* text : {"1|1", "(1&1)#((1-1)|1)"}) {
    stop_hook = nullptr;
    const Formula formula(text, memory);
    const std::vector<Bytes> narrow_operands = {bytes_};
    const std::vector<Bytes> wide_operands = {wide};
    const std::int64_t expected = CountFormula(formula, narrow_operands, memory);
    EXPECT_EQ(CountFormula64(formula, wide_operands, memory), expected);
    // Some 18 keys are less than a poll's worth of work, a wider formula over them is not.
    stop_hook = [] { throw Stopped(); };
    std::string wider = text;
    for (int i = 0; i < 20; ++i) wider = "(" + wider + ")#1";
    const Formula long_formula(wider, memory);
    EXPECT_THROW(CountFormula(long_formula, narrow_operands, memory), Stopped);
    EXPECT_THROW(CountFormula64(long_formula, wide_operands, memory), Stopped);
  }
}

TEST_F(Interrupt, EndsWorkOn64Bits) {
  stop_hook = nullptr;
  auto* memory = std::pmr::new_delete_resource();
  std::vector<std::uint64_t> values;
  for (std::uint64_t i = 0; i < 65536; ++i) values.push_back(i << 16 | 7);
  BucketList sparse(memory);
  AppendSorted(values, &sparse);
  std::vector<std::byte> bytes(sparse.size());
  sparse.Write(bytes.data());
  // The same, so that nothing can be known by the address; and one with a value less.
  const auto same = bytes;
  BucketList less(memory);
  AppendWithout(bytes, values.back(), &less);
  std::vector<std::byte> part(less.size());
  less.Write(part.data());
  stop_hook = [] { throw Stopped(); };

  const auto expect_stop = [memory](const char* what, auto append) {
    BucketList list(memory);
    EXPECT_THROW(append(&list), Stopped) << what;
  };
  const Range64 range = {9, 0xfffffff0};
  expect_stop("fill", [&](BucketList* list) { AppendFilled(bytes, range, list); });
  expect_stop("clear", [&](BucketList* list) { AppendCleared(bytes, {9, 99}, list); });
  expect_stop("flip", [&](BucketList* list) { AppendFlipped(bytes, range, list); });
  expect_stop("range", [&](BucketList* list) { AppendRange(bytes, range, list); });
  expect_stop("shift", [&](BucketList* list) { AppendShifted(bytes, 5, list); });
  expect_stop("compact", [&](BucketList* list) { AppendCompacted(bytes, list); });
  expect_stop("with", [&](BucketList* list) { AppendWith(bytes, 5, list); });
  expect_stop("without", [&](BucketList* list) { AppendWithout(bytes, 7, list); });
  expect_stop("foreign", [&](BucketList* list) { AppendForeign(bytes, list); });
  expect_stop("sample", [&](BucketList* list) { AppendSample(bytes, 30000, 1, list); });
  expect_stop("remap", [&](BucketList* list) { AppendRemapped(bytes, values, values, list); });
  const Bytes pair[] = {bytes, same};
  expect_stop("or_many", [&](BucketList* list) { AppendOrMany(pair, list); });
  expect_stop("and_many", [&](BucketList* list) { AppendAndMany(pair, list); });
  for (const auto operation :
       {SetOperation::kAnd, SetOperation::kOr, SetOperation::kXor, SetOperation::kAndNot}) {
    expect_stop("combine", [&](BucketList* list) { AppendCombined(operation, bytes, same, list); });
  }
  EXPECT_THROW(AndCardinality64(bytes, same), Stopped);
  EXPECT_THROW(IncludesAll64(bytes, part), Stopped);
  EXPECT_THROW(Equal64(bytes, same), Stopped);
  EXPECT_THROW(Compare64(bytes, same), Stopped);
  EXPECT_THROW(Hash64(bytes, 0), Stopped);
  EXPECT_THROW(StatsOf64(bytes), Stopped);
  EXPECT_THROW(Cardinality64(bytes), Stopped);
  EXPECT_THROW(Decode64(bytes, values.data()), Stopped);
  EXPECT_THROW(Bitmap64Directory(bytes, memory), Stopped);
  Accumulator<std::uint64_t> accumulator(memory);
  EXPECT_THROW(accumulator.Fold(SetOperation::kOr, bytes), Stopped);
  // Nothing but empty buckets, which a value of ours never has.
  std::vector<std::byte> empties(8 + 12 * 70000);
  StoreAt(empties.data(), std::uint64_t{70000});
  for (std::uint32_t i = 0; i < 70000; ++i) {
    StoreAt(empties.data() + 8 + 12 * i, i);
    StoreAt(empties.data() + 12 + 12 * i, kCookieWithoutRuns);
  }
  EXPECT_THROW(Empty64(empties), Stopped);
}

TEST_F(Interrupt, EndsBuilding) {
  auto* memory = std::pmr::new_delete_resource();
  EXPECT_THROW(PortableWriter{values_}, Stopped);
  std::reverse(values_.begin(), values_.end());
  EXPECT_THROW(SortUnique(values_, memory), Stopped);
  Accumulator<std::uint32_t> accumulator(memory);
  EXPECT_THROW(accumulator.Add(values_), Stopped);
}

TEST_F(Interrupt, EndsParsing) {
  std::string text = "{0";
  for (int i = 0; i < 100000; ++i) text += ",1";
  text += "}";
  EXPECT_THROW(ParseArrayText(text, std::pmr::new_delete_resource()), Stopped);
  for (const char filler : {' ', '0'}) {
    const std::string stretched = "{" + std::string(3 << 20, filler) + "1}";
    EXPECT_THROW(ParseArrayText(stretched, std::pmr::new_delete_resource()), Stopped);
  }
}

}  // namespace
}  // namespace cdp::bitmap
