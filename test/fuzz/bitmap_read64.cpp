/// Arbitrary bytes as two 64-bit bitmaps: through the validator, every reader and every change.
/// Where the validator accepts both, counts and results must agree.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/bitmap/bitmap64_content.h"
#include "core/bitmap/bitmap64_convert.h"
#include "core/bitmap/bitmap64_cursor.h"
#include "core/bitmap/bitmap64_directory.h"
#include "core/bitmap/bitmap64_many.h"
#include "core/bitmap/bitmap64_range.h"
#include "core/bitmap/bitmap64_set.h"
#include "core/bitmap/bitmap64_text.h"
#include "core/bitmap/bitmap_bounds.h"
#include "core/bitmap/bitmap_chunks.h"
#include "core/bitmap/bitmap_remap.h"
#include "core/bitmap/bitmap_sample.h"
#include "core/bitmap/bitmap_stats.h"
#include "core/bitmap/build_state.h"
#include "oracle/pieces.h"

namespace {

using namespace cdp;
using namespace cdp::bitmap;

constexpr Range64 kRange = {0xfffe0005, 0x100010005};
constexpr std::uint64_t kMaxDecoded = 300000;
constexpr std::uint64_t kFrom[] = {1, 7, 70000, 0x100000001, ~std::uint64_t{0}};
constexpr std::uint64_t kTo[] = {2, 8, 0x500000000, 0x100000001, 7};
auto* const kMemory = std::pmr::new_delete_resource();

void Require(bool truth) {
  if (!truth) std::abort();
}

template <class Body>
void Try(Body body) {
  try {
    body();
  } catch (const Error&) {
  }
}

template <class Append>
std::vector<std::byte> Made(Append append) {
  BucketList list(kMemory);
  append(&list);
  std::vector<std::byte> bytes(list.size());
  list.Write(bytes.data());
  return bytes;
}

// The chunks put together again; of lying bytes the first hundred.
std::vector<std::byte> Chunks(Bytes bytes, int bits) {
  std::vector<std::byte> whole = Made([](BucketList*) {});
  Bitmap64Chunks chunks(bytes, bits);
  for (int left = 100; left > 0; --left) {
    std::uint64_t number = 0;
    BucketList list(kMemory);
    if (!chunks.Next(&number, &list)) break;
    std::vector<std::byte> chunk(list.size());
    list.Write(chunk.data());
    whole = Made([&](BucketList* out) { AppendCombined(SetOperation::kOr, whole, chunk, out); });
  }
  return whole;
}

void ReadOne(Bytes bytes) {
  Try([=] {
    std::uint64_t value = 0;
    Contains64(bytes, 0x100000001);
    if (Min64(bytes, &value)) Contains64(bytes, value);
    if (Max64(bytes, &value)) Contains64(bytes, value);
  });
  Try([=] {
    std::vector<BucketPlace> places(CountBuckets(bytes));
    const std::uint64_t count = LocateBuckets(bytes, places.data());
    Bitmap64Directory(bytes, places, count).Contains(0x100000001);
  });
  Try([=] {
    std::uint64_t value = 0;
    std::uint64_t left = kMaxDecoded;
    for (Bitmap64Cursor cursor(bytes); left > 0 && cursor.Next(&value);) --left;
  });
  Try([=] {
    const std::uint64_t count = Cardinality64(bytes);
    if (count > kMaxDecoded) return;
    std::vector<std::uint64_t> values(count);
    Decode64(bytes, values.data());
    std::vector<char> text(MaxArrayText64(bytes));
    Require(WriteArrayText64(bytes, text.data()) <= text.data() + text.size());
  });
  Try([=] { PageRange(bytes, kRange, {3, 1, true}); });
  Try([=] { BuildStateValues64(bytes, kMemory); });
  Try([=] {
    Arena arena;
    Narrowed(bytes, &arena);
  });
  Try([=] {
    BitmapParts parts(kMemory);
    KeepInt4(bytes, &parts);
  });
  Try([=] {
    Rank64(bytes, 0x100000005);
    Index64(bytes, 7);
    RangeCardinality64(bytes, kRange);
  });
  Try([=] {
    const Bitmap64Directory directory(bytes, kMemory);
    directory.Contains(0x100000001);
    const std::uint64_t upto = directory.CountUpTo(kRange.last);
    if (upto != 0) directory.ValueAt(upto - 1);
    if (!directory.empty()) BoundsOf(directory);
  });
  Try([=] {
    Hash64(bytes, 3);
    StatsOf64(bytes);
  });
  for (const auto append : {AppendFilled, AppendCleared, AppendFlipped, AppendRange}) {
    Try([=] { Made([=](BucketList* list) { append(bytes, kRange, list); }); });
  }
  Try([=] { Made([=](BucketList* list) { AppendShifted(bytes, -5, list); }); });
  Try([=] { Made([=](BucketList* list) { AppendWith(bytes, 0x100000007, list); }); });
  Try([=] { Made([=](BucketList* list) { AppendWithout(bytes, 7, list); }); });
  Try([=] { Made([=](BucketList* list) { AppendCompacted(bytes, list); }); });
  Try([=] { Made([=](BucketList* list) { AppendRemapped(bytes, kFrom, kTo, list); }); });
  Try([=] { Made([=](BucketList* list) { AppendSample(bytes, 30, 1, list); }); });
  Try([=] {
    const std::uint64_t count = Cardinality64(bytes);
    if (count > kMaxDecoded) return;
    Made([=](BucketList* list) { AppendSample(bytes, count - count / 3, 1, list); });
  });
  for (const int bits : {8, 20, 40}) Try([=] { Chunks(bytes, bits); });
}

// By pieces less is read and so less found wrong; where both answer, they agree.
void ReadByPieces(Bytes bytes) {
  const auto same = [bytes](auto ask) {
    oracle::Pieces pieces(bytes);
    const auto whole = oracle::OutcomeOf([&] { return ask(bytes); });
    const auto by_pieces = oracle::OutcomeOf([&] { return ask(&pieces); });
    Require(!whole.answer.has_value() || whole.answer == by_pieces.answer);
  };
  same([](auto from) { return Empty64(from); });
  same([](auto from) {
    std::uint64_t value = 0;
    return Min64(from, &value) ? value : 1;
  });
}

void CompareBoth(Bytes a, Bytes b) {
  Try([=] { AndCardinality64(a, b); });
  Try([=] { Intersects64(a, b); });
  Try([=] { IncludesAll64(a, b); });
  Try([=] { Equal64(a, b); });
  Try([=] { Made([=](BucketList* list) { AppendCombined(SetOperation::kXor, a, b, list); }); });
  Try([=] { Compare64(a, b); });
  const Bytes both[] = {a, b, a};
  Try([&] { AndManyCardinality64(both, kMemory); });
  Try([&] { OrManyCardinality64(both, kMemory); });
  Try([&] { Made([&](BucketList* list) { AppendAndMany(both, list); }); });
  Try([&] { Made([&](BucketList* list) { AppendOrMany(both, list); }); });
}

// Of valid bytes in normal form.
void AgreeOn(Bytes a, Bytes b) {
  const auto both = Made([=](BucketList* list) { AppendCombined(SetOperation::kAnd, a, b, list); });
  const std::uint64_t shared = Cardinality64(both);
  Require(AndCardinality64(a, b) == shared);
  Require(Intersects64(a, b) == (shared != 0));
  Require(IncludesAll64(a, b) == (shared == Cardinality64(b)));
  Require(IncludesAll64(a, both));
  const auto inside = Made([=](BucketList* list) { AppendRange(a, kRange, list); });
  Require(Cardinality64(inside) == RangeCardinality64(a, kRange));

  const auto all = Made([=](BucketList* list) { AppendCombined(SetOperation::kOr, a, b, list); });
  const Bytes pair[] = {a, b};
  Require(Equal64(Made([&](BucketList* list) { AppendOrMany(pair, list); }), all));
  Require(Equal64(Made([&](BucketList* list) { AppendAndMany(pair, list); }), both));
  Require(OrManyCardinality64(pair, kMemory) == Cardinality64(all));
  Require(AndManyCardinality64(pair, kMemory) == shared);
  Require((Compare64(a, b) == 0) == Equal64(a, b));
  Require(Compare64(a, b) == -Compare64(b, a));
  Require(Hash64(a, 3) == Hash64(Made([=](BucketList* list) { AppendCompacted(a, list); }), 3));
}

// Of valid bytes in normal form.
void AgreeWithItself(Bytes bytes) {
  const std::uint64_t count = Cardinality64(bytes);
  const Bitmap64Directory directory(bytes, kMemory);
  Require(directory.Cardinality() == count);
  Require(directory.CountUpTo(kRange.last) == Rank64(bytes, kRange.last));
  for (const std::uint64_t value : kFrom) {
    Require(directory.Contains(value) == Contains64(bytes, value));
    Require(directory.Contains(value) == (Index64(bytes, value) >= 0));
  }
  if (count != 0) {
    std::uint64_t least = 0;
    std::uint64_t greatest = 0;
    Require(Min64(bytes, &least) && Max64(bytes, &greatest));
    Require(directory.ValueAt(0) == least && directory.ValueAt(count - 1) == greatest);
  }
  const auto size = count - count / 3;
  if (count <= kMaxDecoded) {
    const auto sample = Made([=](BucketList* list) { AppendSample(bytes, size, 5, list); });
    Require(Cardinality64(sample) == size && IncludesAll64(bytes, sample));
  }
  const auto away = Made([=](BucketList* list) { AppendRemapped(bytes, kFrom, kTo, list); });
  Require(Cardinality64(away) <= count);
  Require(IncludesAll64(bytes, Chunks(bytes, 20)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  // The first two bytes say where the second bitmap begins.
  const std::size_t cut = std::min<std::size_t>(
      LoadAt<std::uint16_t>(reinterpret_cast<const std::byte*>(data)), size - 2);
  const Bytes all(reinterpret_cast<const std::byte*>(data) + 2, size - 2);
  // In blocks of their own, so that the sanitizer sees the ends.
  const std::vector<std::byte> a(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(cut));
  const std::vector<std::byte> b(all.begin() + static_cast<std::ptrdiff_t>(cut), all.end());
  ReadOne(a);
  ReadOne(b);
  ReadByPieces(a);
  CompareBoth(a, b);
  Try([&] {
    const auto left = Made([&](BucketList* list) { AppendForeign(a, list); });
    const auto right = Made([&](BucketList* list) { AppendForeign(b, list); });
    AgreeOn(left, right);
    AgreeOn(right, left);
    AgreeWithItself(left);
  });
  return 0;
}
