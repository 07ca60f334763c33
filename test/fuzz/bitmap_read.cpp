/// Arbitrary bytes as two bitmaps: through the validator, every reader and every kernel. Where the
/// validator accepts both, readers and kernels must agree with the library's own operations.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "core/bitmap/bitmap.h"
#include "core/bitmap/bitmap_compare.h"
#include "core/bitmap/bitmap_cursor.h"
#include "core/bitmap/bitmap_range.h"
#include "core/bitmap/bitmap_rank.h"
#include "core/bitmap/bitmap_set.h"
#include "core/bitmap/bitmap_text.h"
#include "core/bitmap/build_state.h"
#include "core/bitmap/normal_form.h"
#include "core/bitmap/packed_set.h"
#include "oracle/pieces.h"

namespace {

using namespace cdp;
using namespace cdp::bitmap;

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

std::vector<std::byte> PortableOf(const Bitmap& bitmap) {
  std::vector<std::byte> bytes(bitmap.PortableSize());
  bitmap.WritePortable(bytes.data());
  return bytes;
}

void ReadOne(Bytes bytes) {
  Try([=] {
    const BitmapView view(bytes);
    view.Contains(0);
    view.Contains(0xffffffff);
    if (!view.empty()) {
      view.Contains(view.Min());
      view.Contains(view.Max());
    }
  });
  Try([=] {
    std::uint32_t value = 0;
    // A lying header can promise 2^32 values; the first few containers are enough.
    int left = 300000;
    for (BitmapCursor cursor(bytes); left > 0 && cursor.Next(&value);) --left;
  });
  Try([=] {
    const BitmapView view(bytes);
    if (view.Cardinality() > 300000) return;
    std::vector<std::uint32_t> values(view.Cardinality());
    view.Decode(values.data());
    std::vector<char> text(MaxArrayText(view));
    Require(WriteArrayText(view, text.data()) <= text.data() + text.size());
  });
  Try([=] { BuildStateValues(bytes, std::pmr::new_delete_resource()); });
  Try([=] { PackedSet(BitmapView(bytes), std::pmr::new_delete_resource()); });
}

// By pieces the same answers come out, and the same errors.
void ReadByPieces(Bytes bytes) {
  const auto same = [bytes](auto ask) { Require(oracle::SameByPieces(bytes, ask)); };
  same([](const BitmapView& view) { return view.Cardinality(); });
  same([](const BitmapView& view) { return view.Contains(70000); });
  same([](const BitmapView& view) {
    return view.empty() ? 0 : std::uint64_t{view.Min()} << 32 | view.Max();
  });
  same([](const BitmapView& view) { return CountBelow(view, 65540); });
  same([](const BitmapView& view) {
    const ValueRange page = Page(view, {3, std::uint64_t{1} << 32}, 10, 2, true);
    return page.start << 32 | page.end;
  });
}

// Bytes said to be in normal form are what the library writes.
void LookOnly(Bytes bytes) {
  std::size_t size = 0;
  if (!BeginsInNormalForm(bytes, &size)) return;
  const auto normal = PortableOf(Bitmap::FromPortable(bytes));
  Require(std::equal(normal.begin(), normal.end(), bytes.begin(), bytes.begin() + size));
}

// What is read from a packed set is what it says by value, and stays the same packed again.
void Unpack(Bytes bytes) {
  auto* const memory = std::pmr::new_delete_resource();
  Try([=] {
    const PackedSetView view(bytes);
    const auto values = view.Values(memory);
    Require(values.size() == view.Count());
    for (std::size_t i = 0; i < values.size(); i += 1 + values.size() / 8) {
      Require(view.PlaceOf(values[i]) == i);
    }
    const auto again =
        PackedSet(BitmapView(PortableOf(Bitmap::FromSorted(values, memory))), memory);
    Require(PackedSetView(again).Values(memory) == values);
  });
}

void Pack(const std::vector<std::byte>& valid) {
  auto* const memory = std::pmr::new_delete_resource();
  const auto packed = PackedSet(BitmapView(valid), memory);
  const auto values = PackedSetView(packed).Values(memory);
  Require(Equal(BitmapView(PortableOf(Bitmap::FromSorted(values, memory))), BitmapView(valid)));
}

constexpr SetOperation kOperations[] = {SetOperation::kAnd, SetOperation::kOr, SetOperation::kXor,
                                        SetOperation::kAndNot};

std::vector<std::byte> Combined(SetOperation operation, Bytes a, Bytes b) {
  const BitmapView left(a);
  const BitmapView right(b);
  const OutputBound bound = BoundCombined(operation, left, right);
  std::vector<std::byte> out(bound.Total());
  out.resize(WriteCombined(operation, left, right, bound, out.data()));
  return out;
}

void CompareBoth(Bytes a, Bytes b) {
  for (const SetOperation operation : kOperations) Try([=] { Combined(operation, a, b); });
  Try([=] { AndCardinality(BitmapView(a), BitmapView(b)); });
  Try([=] { Intersects(BitmapView(a), BitmapView(b)); });
  Try([=] { IncludesAll(BitmapView(a), BitmapView(b)); });
  Try([=] { Equal(BitmapView(a), BitmapView(b)); });
}

// Of valid bytes in normal form.
void AgreeOn(const std::vector<std::byte>& a, const std::vector<std::byte>& b) {
  const Bitmap left = Bitmap::FromPortable(a);
  const Bitmap right = Bitmap::FromPortable(b);
  Bitmap both = Bitmap::FromPortable(a);
  both.Apply(SetOperation::kAnd, right);
  for (const SetOperation operation : kOperations) {
    Bitmap expected = Bitmap::FromPortable(a);
    expected.Apply(operation, right);
    const auto result = Combined(operation, a, b);
    Bitmap::FromPortable(result);
    Require(Equal(BitmapView(result), BitmapView(PortableOf(expected))));
  }
  Require(BitmapView(a).Cardinality() == left.Cardinality());
  Require(AndCardinality(BitmapView(a), BitmapView(b)) == both.Cardinality());
  Require(Intersects(BitmapView(a), BitmapView(b)) == !both.empty());
  Require(IncludesAll(BitmapView(a), BitmapView(b)) == (both.Cardinality() == right.Cardinality()));
  Require(Equal(BitmapView(a), BitmapView(PortableOf(left))));
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
  ReadByPieces(b);
  LookOnly(a);
  LookOnly(b);
  Unpack(all);
  CompareBoth(a, b);
  CompareBoth(b, a);
  Try([&] {
    const auto left = PortableOf(Bitmap::FromPortable(a));
    const auto right = PortableOf(Bitmap::FromPortable(b));
    Pack(left);
    AgreeOn(left, right);
    AgreeOn(right, left);
  });
  return 0;
}
