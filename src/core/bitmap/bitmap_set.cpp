#include "core/bitmap/bitmap_set.h"

#include "core/base/stop.h"
#include "core/bitmap/container_combine.h"

namespace cdp::bitmap {
namespace {

// Steps through the containers of two bitmaps that an operation looks at: body.Both(a, b) for those
// with the same key, body.One(c) for those that it takes as they are.
template <class Body>
void ForEachKey(SetOperation operation, const BitmapView& a, const BitmapView& b, Body* body) {
  const bool keeps_left = operation != SetOperation::kAnd;
  const bool keeps_right = operation == SetOperation::kOr || operation == SetOperation::kXor;
  StopTicker ticker;
  std::uint32_t i = 0;
  std::uint32_t k = 0;
  while (i < a.containers() && k < b.containers()) {
    const std::uint32_t left = a.Key(i);
    const std::uint32_t right = b.Key(k);
    if (left == right) {
      body->Both(a.At(i++), b.At(k++));
      ticker.Step(1024);
    } else if (left < right) {
      if (keeps_left) {
        body->One(a.At(i++));
      } else {
        i = a.Find(right, i + 1);
      }
      ticker.Step(64);
    } else {
      if (keeps_right) {
        body->One(b.At(k++));
      } else {
        k = b.Find(left, k + 1);
      }
      ticker.Step(64);
    }
  }
  for (; keeps_left && i < a.containers(); ++i) {
    body->One(a.At(i));
    ticker.Step(64);
  }
  for (; keeps_right && k < b.containers(); ++k) {
    body->One(b.At(k));
    ticker.Step(64);
  }
}

struct Measure {
  SetOperation operation;
  OutputBound bound;

  void One(const Container& container) {
    ++bound.containers;
    bound.data_bytes += container.bytes().size();
    bound.any_run = bound.any_run || container.kind == ContainerKind::kRun;
  }
  void Both(const Container& a, const Container& b) {
    ++bound.containers;
    bound.data_bytes += CombinedBytes(operation, a, b);
    bound.any_run = bound.any_run || MayBecomeRuns(operation, a, b);
  }
};

struct Write {
  SetOperation operation;
  BitmapOutput* out;
  ContainerCombiner* combiner;

  void One(const Container& container) { out->Keep(container); }
  void Both(const Container& a, const Container& b) { combiner->Combine(operation, a, b, out); }
};

}  // namespace

OutputBound BoundCombined(SetOperation operation, const BitmapView& a, const BitmapView& b) {
  Measure measure{operation, {}};
  ForEachKey(operation, a, b, &measure);
  return measure.bound;
}

std::size_t WriteCombined(SetOperation operation, const BitmapView& a, const BitmapView& b,
                          const OutputBound& bound, std::byte* out) {
  BitmapOutput output(out, bound);
  ContainerCombiner combiner;
  Write write{operation, &output, &combiner};
  ForEachKey(operation, a, b, &write);
  return output.Finish();
}

SingleValue::SingleValue(std::uint32_t value) {
  StoreAt(bytes_, kCookieWithoutRuns);
  StoreAt(bytes_ + 4, std::uint32_t{1});
  StoreAt(bytes_ + 8, static_cast<std::uint16_t>(value >> 16));
  StoreAt(bytes_ + 10, std::uint16_t{0});
  StoreAt(bytes_ + 12, std::uint32_t{16});
  StoreAt(bytes_ + 16, static_cast<std::uint16_t>(value));
}

}  // namespace cdp::bitmap
