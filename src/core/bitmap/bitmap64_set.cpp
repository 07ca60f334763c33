#include "core/bitmap/bitmap64_set.h"

#include "core/base/stop.h"
#include "core/bitmap/bitmap_compare.h"

namespace cdp::bitmap {
namespace {

// Steps through the buckets of two bitmaps by ascending high half. `body` gets the bucket of each
// that has one, else null, and returns false to stop.
template <class Body>
void ForEachPair(Bytes a, Bytes b, Body body) {
  StopTicker ticker;
  BucketReader left(a);
  BucketReader right(b);
  Bucket x;
  Bucket y;
  bool has_x = left.Next(&x);
  bool has_y = right.Next(&y);
  while (has_x || has_y) {
    const bool take_x = has_x && (!has_y || x.high <= y.high);
    const bool take_y = has_y && (!has_x || y.high <= x.high);
    if (!body(take_x ? &x : nullptr, take_y ? &y : nullptr)) return;
    ticker.Step(static_cast<std::uint32_t>((take_x ? x.bitmap.size() : 0) / 16 +
                                           (take_y ? y.bitmap.size() : 0) / 16 + 1));
    if (take_x) has_x = left.Next(&x);
    if (take_y) has_y = right.Next(&y);
  }
}

}  // namespace

void AppendCombined(SetOperation operation, Bytes a, Bytes b, BucketList* out) {
  const bool keeps_left = operation != SetOperation::kAnd;
  const bool keeps_right = operation == SetOperation::kOr || operation == SetOperation::kXor;
  ForEachPair(a, b, [=](const Bucket* x, const Bucket* y) {
    if (x != nullptr && y != nullptr) {
      out->Add(x->high, CombineBuckets(operation, x->bitmap, y->bitmap, out->arena()));
    } else if (x != nullptr && keeps_left) {
      out->Add(*x);
    } else if (y != nullptr && keeps_right) {
      out->Add(*y);
    }
    return true;
  });
}

std::uint64_t AndCardinality64(Bytes a, Bytes b) {
  std::uint64_t count = 0;
  ForEachPair(a, b, [&count](const Bucket* x, const Bucket* y) {
    if (x != nullptr && y != nullptr) {
      count += AndCardinality(BitmapView(x->bitmap), BitmapView(y->bitmap));
    }
    return true;
  });
  return count;
}

bool Intersects64(Bytes a, Bytes b) {
  bool found = false;
  ForEachPair(a, b, [&found](const Bucket* x, const Bucket* y) {
    found =
        x != nullptr && y != nullptr && Intersects(BitmapView(x->bitmap), BitmapView(y->bitmap));
    return !found;
  });
  return found;
}

bool IncludesAll64(Bytes whole, Bytes part) {
  bool all = true;
  ForEachPair(whole, part, [&all](const Bucket* x, const Bucket* y) {
    if (y == nullptr) return true;
    all = x != nullptr && IncludesAll(BitmapView(x->bitmap), BitmapView(y->bitmap));
    return all;
  });
  return all;
}

bool Equal64(Bytes a, Bytes b) {
  bool same = true;
  ForEachPair(a, b, [&same](const Bucket* x, const Bucket* y) {
    same = x != nullptr && y != nullptr && Equal(BitmapView(x->bitmap), BitmapView(y->bitmap));
    return same;
  });
  return same;
}

}  // namespace cdp::bitmap
