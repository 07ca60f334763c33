/// Arbitrary bytes as a bitmap, through everything that makes another one of it in place. Of valid
/// bytes the results must be valid, and agree with the library's own operations.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/bitmap/bitmap.h"
#include "core/bitmap/bitmap_compare.h"
#include "core/bitmap/bitmap_many.h"
#include "core/bitmap/bitmap_order.h"
#include "core/bitmap/bitmap_range.h"
#include "core/bitmap/bitmap_sample.h"
#include "core/bitmap/bitmap_shift.h"
#include "core/bitmap/bitmap_stats.h"

namespace {

using namespace cdp;
using namespace cdp::bitmap;
using PortableBytes = std::vector<std::byte>;

auto* const kMemory = std::pmr::new_delete_resource();

void Require(bool truth) {
  if (!truth) std::abort();
}

template <class Build>
PortableBytes Built(Build build) {
  BitmapParts parts(kMemory);
  build(&parts);
  PortableBytes bytes(parts.size());
  parts.Write(bytes.data());
  return bytes;
}

// What the input asks to be done: range and distance.
struct Task {
  ValueRange range;
  std::int64_t distance;
};

// Every way of changing the bytes; an error is an answer too.
void ChangeAll(Bytes bytes, const Task& task) {
  const auto attempt = [](auto build) {
    try {
      Built(build);
    } catch (const Error&) {
    }
  };
  attempt([=](BitmapParts* parts) { Fill(BitmapView(bytes), task.range, parts); });
  attempt([=](BitmapParts* parts) { Clear(BitmapView(bytes), task.range, parts); });
  attempt([=](BitmapParts* parts) { Restrict(BitmapView(bytes), task.range, parts); });
  attempt([=](BitmapParts* parts) { Flip(BitmapView(bytes), {9, 300000}, parts); });
  attempt([=](BitmapParts* parts) { Shift(BitmapView(bytes), task.distance, parts); });
  attempt([=](BitmapParts* parts) { RunOptimize(BitmapView(bytes), parts); });
  attempt([=](BitmapParts* parts) { Sample(BitmapView(bytes), 30, 1, parts, kMemory); });
  attempt([=](BitmapParts* parts) {
    std::vector<BitmapView> views = {BitmapView(bytes), BitmapView(bytes)};
    AndMany(views, parts, kMemory);
    StatsOf(views[0]);
    Hash(views[0], 0);
    Compare(views[0], views[1]);
  });
  attempt([=](BitmapParts* parts) {
    std::vector<BitmapView> views = {BitmapView(bytes), BitmapView(bytes)};
    OrMany(views, parts, kMemory);
  });
}

// Of valid bytes in normal form.
void Agree(const PortableBytes& bytes, const Task& task) {
  const BitmapView view(bytes);
  const auto inside = Built([&](BitmapParts* parts) { Restrict(view, task.range, parts); });
  const auto outside = Built([&](BitmapParts* parts) { Clear(view, task.range, parts); });
  const auto filled = Built([&](BitmapParts* parts) { Fill(view, task.range, parts); });
  Bitmap sum = Bitmap::FromPortable(inside);
  Require(sum.Cardinality() == Cardinality(view, task.range));
  sum.Apply(SetOperation::kOr, Bitmap::FromPortable(outside));
  PortableBytes sum_bytes(sum.PortableSize());
  sum.WritePortable(sum_bytes.data());
  Require(Equal(BitmapView(sum_bytes), view));
  Require(Compare(BitmapView(sum_bytes), view) == 0);
  Require(Hash(BitmapView(sum_bytes), 3) == Hash(view, 3));
  const std::uint64_t width = task.range.empty() ? 0 : task.range.end - task.range.start;
  Require(Bitmap::FromPortable(filled).Cardinality() ==
          Bitmap::FromPortable(outside).Cardinality() + width);

  const auto right = Built([&](BitmapParts* parts) { Shift(view, task.distance, parts); });
  Bitmap::FromPortable(right);
  const auto back =
      Built([&](BitmapParts* parts) { Shift(BitmapView(right), -task.distance, parts); });
  Require(IncludesAll(view, BitmapView(back)));
  const auto optimized = Built([&](BitmapParts* parts) { RunOptimize(view, parts); });
  Require(Bitmap::FromPortable(optimized).Cardinality() == view.Cardinality());
  Require(Equal(BitmapView(optimized), view));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kTaskBytes = 12;
  if (size < kTaskBytes) return 0;
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  const std::uint64_t start = LoadAt<std::uint32_t>(begin);
  // Ranges of a few containers: a full one of 2^32 values would take the search all its time.
  const std::uint64_t end = start + LoadAt<std::uint32_t>(begin + 4) % 1000000;
  const Task task = {{start, std::min(end, std::uint64_t{1} << 32)},
                     LoadAt<std::int32_t>(begin + 8)};
  const PortableBytes bytes(begin + kTaskBytes, begin + size);
  ChangeAll(bytes, task);
  try {
    const Bitmap valid = Bitmap::FromPortable(bytes);
    PortableBytes normal(valid.PortableSize());
    valid.WritePortable(normal.data());
    Agree(normal, task);
  } catch (const Error&) {
  }
  return 0;
}
