#include "core/bitmap/bitmap_compare.h"

#include "core/base/stop.h"
#include "core/bitmap/container_and.h"

namespace cdp::bitmap {
namespace {

// Calls `body` for each pair of containers with the same key until it returns false.
template <class Body>
void ForEachPair(const BitmapView& a, const BitmapView& b, Body body) {
  StopTicker ticker;
  std::uint32_t i = 0;
  std::uint32_t k = 0;
  while (i < a.containers() && k < b.containers()) {
    const std::uint32_t key = a.Key(i);
    const std::uint32_t other = b.Key(k);
    if (key < other) {
      i = a.Find(other, i + 1);
    } else if (other < key) {
      k = b.Find(key, k + 1);
    } else {
      if (!body(i++, k++)) return;
    }
    ticker.Step(1024);
  }
}

}  // namespace

std::uint64_t AndCardinality(const BitmapView& a, const BitmapView& b) {
  std::uint64_t count = 0;
  ForEachPair(a, b, [&](std::uint32_t i, std::uint32_t k) {
    count += AndCardinality(a.At(i), b.At(k));
    return true;
  });
  return count;
}

bool Intersects(const BitmapView& a, const BitmapView& b) {
  bool found = false;
  ForEachPair(a, b, [&](std::uint32_t i, std::uint32_t k) {
    found = Intersects(a.At(i), b.At(k));
    return !found;
  });
  return found;
}

bool IncludesAll(const BitmapView& whole, const BitmapView& part) {
  std::uint32_t included = 0;
  ForEachPair(whole, part, [&](std::uint32_t i, std::uint32_t k) {
    const std::uint32_t need = part.ContainerCardinality(k);
    if (k != included || need > whole.ContainerCardinality(i)) return false;
    included += AndCardinality(whole.At(i), part.At(k)) == need;
    return included == k + 1;
  });
  return included == part.containers();
}

bool Equal(const BitmapView& a, const BitmapView& b) {
  if (a.containers() != b.containers()) return false;
  for (std::uint32_t i = 0; i < a.containers(); ++i) {
    if (a.Key(i) != b.Key(i) || a.ContainerCardinality(i) != b.ContainerCardinality(i)) {
      return false;
    }
  }
  return IncludesAll(a, b);
}

}  // namespace cdp::bitmap
