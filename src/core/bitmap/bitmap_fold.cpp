#include "core/bitmap/bitmap_fold.h"

#include "core/bitmap/bitmap64_view.h"
#include "core/bitmap/container_check.h"
#include "core/bitmap/container_form.h"
#include "core/bitmap/normal_form.h"

namespace cdp::bitmap {
namespace {

std::uint32_t RunsOfArray(const Container& array) {
  std::uint32_t runs = 1;
  for (std::uint32_t i = 1; i < array.cardinality; ++i) {
    runs += array.Value(i) != array.Value(i - 1) + 1;
  }
  return runs;
}

bool IsSwift(const Container& container) {
  switch (container.kind) {
    case ContainerKind::kArray:
      // Few values are no runs, however they stand.
      return SwiftForm(container.cardinality, 1).kind == ContainerKind::kArray ||
             SwiftForm(container.cardinality, RunsOfArray(container)).kind == ContainerKind::kArray;
    case ContainerKind::kRun:
      return SwiftForm(container.cardinality, container.runs).kind == ContainerKind::kRun;
    case ContainerKind::kBitset:
      return false;
  }
  return false;
}

// Whether the bytes are buckets with values and nothing else, each of which passes.
bool AreBuckets(Bytes bytes, bool (*passes)(Bytes bitmap)) {
  std::size_t size = kBucketCountBytes;
  std::uint64_t buckets = 0;
  Bucket bucket;
  for (BucketReader reader(bytes); reader.Next(&bucket);) {
    if (!passes(bucket.bitmap)) return false;
    size += kBucketHeaderBytes + bucket.bitmap.size();
    ++buckets;
  }
  return size == bytes.size() && buckets == LoadAt<std::uint64_t>(bytes.data());
}

}  // namespace

void CheckOperand(SetOperation operation, const BitmapView& state, const BitmapView& other) {
  std::uint32_t k = 0;
  StopTicker ticker;
  for (std::uint32_t i = 0; i < other.containers(); ++i) {
    const std::uint32_t key = other.Key(i);
    if (i > 0 && key <= other.Key(i - 1)) MalformedBitmap();
    if (operation == SetOperation::kAnd) {
      while (k < state.containers() && state.Key(k) < key) ++k;
      if (k == state.containers() || state.Key(k) != key) continue;
    }
    CheckContainer(other.At(i));
    ticker.Step(512);
  }
}

void CheckOperand64(SetOperation operation, Bytes state, Bytes other) {
  BucketReader mine(state);
  Bucket bucket;
  bool has_bucket = mine.Next(&bucket);
  StopTicker ticker;
  Bucket theirs;
  for (BucketReader reader(other); reader.Next(&theirs); ticker.Step(16)) {
    while (has_bucket && bucket.high < theirs.high) has_bucket = mine.Next(&bucket);
    const bool is_shared = has_bucket && bucket.high == theirs.high;
    CheckOperand(operation, is_shared ? BitmapView(bucket.bitmap) : BitmapView(),
                 BitmapView(theirs.bitmap));
  }
}

bool IsNormal(Bytes bytes) {
  std::size_t size = 0;
  return BeginsInNormalForm(bytes, &size) && size == bytes.size();
}

bool IsNormal64(Bytes bytes) { return AreBuckets(bytes, IsNormal); }

bool IsAggregateForm(Bytes bytes) {
  if (!IsNormal(bytes)) return false;
  const BitmapView view(bytes);
  for (std::uint32_t i = 0; i < view.containers(); ++i) {
    if (!IsSwift(view.At(i))) return false;
  }
  return true;
}

bool IsAggregateForm64(Bytes bytes) { return AreBuckets(bytes, IsAggregateForm); }

}  // namespace cdp::bitmap
