#include "core/bitmap/bitmap64_many.h"

#include <algorithm>
#include <vector>

#include "core/base/stop.h"
#include "core/bitmap/bitmap64_parts.h"
#include "core/bitmap/bitmap_many.h"

namespace cdp::bitmap {
namespace {

// A bitmap and how far it has been read.
struct Walk {
  explicit Walk(Bytes bytes) : reader(bytes), more(reader.Next(&bucket)) {}

  void Next() { more = reader.Next(&bucket); }
  // To the first bucket whose high half is at least `high`.
  void SeekTo(std::uint32_t high) {
    if (more && bucket.high < high) more = reader.Seek(high, &bucket);
  }

  BucketReader reader;
  Bucket bucket;
  bool more;
};

// Buckets with the same high half, one of each bitmap that has it.
using Group = std::span<BitmapView>;

std::pmr::vector<Bytes> SmallestFirst(std::span<const Bytes> bitmaps,
                                      std::pmr::memory_resource* memory) {
  struct Sized {
    std::uint64_t cardinality;
    Bytes bytes;
  };
  std::pmr::vector<Sized> sized(memory);
  for (const Bytes bytes : bitmaps) sized.push_back({Cardinality64(bytes), bytes});
  std::sort(sized.begin(), sized.end(),
            [](const Sized& a, const Sized& b) { return a.cardinality < b.cardinality; });
  std::pmr::vector<Bytes> result(memory);
  for (const Sized& one : sized) result.push_back(one.bytes);
  return result;
}

// `body(high, group)` for every high half that all bitmaps have.
template <class Body>
void ForCommonBuckets(std::span<const Bytes> bitmaps, std::pmr::memory_resource* memory,
                      Body body) {
  const auto sorted = SmallestFirst(bitmaps, memory);
  std::pmr::vector<Walk> walks(sorted.begin(), sorted.end(), memory);
  std::pmr::vector<BitmapView> group(memory);
  StopTicker ticker;
  for (Walk& smallest = walks.front(); smallest.more; smallest.Next()) {
    const std::uint32_t high = smallest.bucket.high;
    group.assign(1, BitmapView(smallest.bucket.bitmap));
    for (std::size_t i = 1; i < walks.size() && group.size() == i; ++i) {
      walks[i].SeekTo(high);
      if (!walks[i].more) return;
      if (walks[i].bucket.high == high) group.emplace_back(walks[i].bucket.bitmap);
      ticker.Step();
    }
    if (group.size() == walks.size()) body(high, Group(group));
    ticker.Step();
  }
}

// `body(high, group)` for every high half that any bitmap has, and `alone(bucket)` where only one
// has it.
template <class Body, class Alone>
void ForAllBuckets(std::span<const Bytes> bitmaps, std::pmr::memory_resource* memory, Body body,
                   Alone alone) {
  std::pmr::vector<Walk> walks(bitmaps.begin(), bitmaps.end(), memory);
  const auto later = [](const Walk* a, const Walk* b) { return a->bucket.high > b->bucket.high; };
  std::pmr::vector<Walk*> heads(memory);  // a heap, the smallest high half on top
  for (Walk& walk : walks) {
    if (walk.more) heads.push_back(&walk);
  }
  std::make_heap(heads.begin(), heads.end(), later);
  // Takes the bucket on top away and puts its successor in.
  const auto take = [&heads, later] {
    std::pop_heap(heads.begin(), heads.end(), later);
    const Bucket bucket = heads.back()->bucket;
    heads.back()->Next();
    if (heads.back()->more) {
      std::push_heap(heads.begin(), heads.end(), later);
    } else {
      heads.pop_back();
    }
    return bucket;
  };

  std::pmr::vector<BitmapView> group(memory);
  StopTicker ticker;
  while (!heads.empty()) {
    const Bucket first = take();
    const auto has_another = [&] { return !heads.empty() && heads[0]->bucket.high == first.high; };
    if (!has_another()) {
      alone(first);
    } else {
      group.assign(1, BitmapView(first.bitmap));
      while (has_another()) group.emplace_back(take().bitmap);
      body(first.high, Group(group));
    }
    ticker.Step(static_cast<std::uint32_t>(group.size()) + 1);
  }
}

}  // namespace

void AppendAndMany(std::span<const Bytes> bitmaps, BucketList* out) {
  std::pmr::memory_resource* memory = out->memory();
  ForCommonBuckets(bitmaps, memory, [=](std::uint32_t high, Group group) {
    BitmapParts parts(memory);
    AndMany(group, &parts, memory);
    out->Add(high, BucketOf(parts, out->arena()));
  });
}

std::uint64_t AndManyCardinality64(std::span<const Bytes> bitmaps,
                                   std::pmr::memory_resource* memory) {
  std::uint64_t count = 0;
  ForCommonBuckets(bitmaps, memory,
                   [&](std::uint32_t, Group group) { count += AndManyCardinality(group, memory); });
  return count;
}

void AppendOrMany(std::span<const Bytes> bitmaps, BucketList* out) {
  std::pmr::memory_resource* memory = out->memory();
  ForAllBuckets(
      bitmaps, memory,
      [=](std::uint32_t high, Group group) {
        BitmapParts parts(memory);
        OrMany(group, &parts, memory);
        out->Add(high, BucketOf(parts, out->arena()));
      },
      [out](const Bucket& bucket) { out->Add(bucket); });
}

std::uint64_t OrManyCardinality64(std::span<const Bytes> bitmaps,
                                  std::pmr::memory_resource* memory) {
  std::uint64_t count = 0;
  ForAllBuckets(
      bitmaps, memory,
      [&](std::uint32_t, Group group) { count += OrManyCardinality(group, memory); },
      [&](const Bucket& bucket) { count += BitmapView(bucket.bitmap).Cardinality(); });
  return count;
}

}  // namespace cdp::bitmap
