/// Arbitrary bytes as two 64-bit bitmaps: through the validator, every reader and every change.
/// Where the validator accepts both, counts and results must agree.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/bitmap/bitmap64_convert.h"
#include "core/bitmap/bitmap64_cursor.h"
#include "core/bitmap/bitmap64_range.h"
#include "core/bitmap/bitmap64_set.h"
#include "core/bitmap/bitmap64_text.h"
#include "core/bitmap/build_state.h"

namespace {

using namespace cdp;
using namespace cdp::bitmap;

constexpr Range64 kRange = {0xfffe0005, 0x100010005};
constexpr std::uint64_t kMaxDecoded = 300000;

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
  BucketList list(std::pmr::new_delete_resource());
  append(&list);
  std::vector<std::byte> bytes(list.size());
  list.Write(bytes.data());
  return bytes;
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
    LocateBuckets(bytes, places.data());
    Contains64(bytes, places, 0x100000001);
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
  Try([=] { BuildStateValues64(bytes, std::pmr::new_delete_resource()); });
  Try([=] {
    std::pmr::monotonic_buffer_resource arena;
    Narrowed(bytes, &arena);
  });
  for (const auto append : {AppendFilled, AppendCleared, AppendFlipped, AppendRange}) {
    Try([=] { Made([=](BucketList* list) { append(bytes, kRange, list); }); });
  }
  Try([=] { Made([=](BucketList* list) { AppendShifted(bytes, -5, list); }); });
}

void CompareBoth(Bytes a, Bytes b) {
  Try([=] { AndCardinality64(a, b); });
  Try([=] { Intersects64(a, b); });
  Try([=] { IncludesAll64(a, b); });
  Try([=] { Equal64(a, b); });
  Try([=] { Made([=](BucketList* list) { AppendCombined(SetOperation::kXor, a, b, list); }); });
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
  CompareBoth(a, b);
  Try([&] {
    const auto left = Made([&](BucketList* list) { AppendForeign(a, list); });
    const auto right = Made([&](BucketList* list) { AppendForeign(b, list); });
    AgreeOn(left, right);
    AgreeOn(right, left);
  });
  return 0;
}
