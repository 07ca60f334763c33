#include "core/bitmap/bitmap_order.h"

#include <algorithm>
#include <bit>

#include "core/base/stop.h"
#include "core/bitmap/container_words.h"

namespace cdp::bitmap {
namespace {

Difference CompareArrays(const Container& a, const Container& b) {
  const std::uint32_t common = std::min(a.cardinality, b.cardinality);
  for (std::uint32_t i = 0; i < common; ++i) {
    const std::uint32_t left = a.Value(i);
    const std::uint32_t right = b.Value(i);
    if (left != right) return {true, std::min(left, right), left < right};
  }
  if (a.cardinality == b.cardinality) return {false, 0, false};
  const bool in_first = a.cardinality > b.cardinality;
  return {true, in_first ? a.Value(common) : b.Value(common), in_first};
}

template <class Left, class Right>
Difference CompareWords(const Left& left, const Right& right) {
  for (std::uint32_t i = 0; i < kBitsetWords; ++i) {
    const std::uint64_t a = left(i);
    const std::uint64_t differing = a ^ right(i);
    if (differing == 0) continue;
    const auto bit = static_cast<std::uint32_t>(std::countr_zero(differing));
    return {true, i << 6 | bit, (a >> bit & 1) != 0};
  }
  return {false, 0, false};
}

Difference CompareContainers(const Container& a, const Container& b) {
  if (a.kind == ContainerKind::kArray && b.kind == ContainerKind::kArray) {
    return CompareArrays(a, b);
  }
  if (a.kind == ContainerKind::kBitset && b.kind == ContainerKind::kBitset) {
    return CompareWords([&a](std::uint32_t i) { return a.Word(i); },
                        [&b](std::uint32_t i) { return b.Word(i); });
  }
  Words left = {};
  Words right = {};
  SetBits(&left, a);
  SetBits(&right, b);
  return CompareWords([&left](std::uint32_t i) { return left[i]; },
                      [&right](std::uint32_t i) { return right[i]; });
}

// Few values count one by one, many by their bits, and a run container does as the others would.
void AddContainer(const Container& container, ContentHash* hash) {
  hash->Add(std::uint64_t{container.high} << 32 | container.cardinality);
  if (container.kind == ContainerKind::kArray) {
    for (std::uint32_t i = 0; i < container.cardinality; ++i) hash->Add(container.Value(i));
    return;
  }
  if (container.kind == ContainerKind::kRun && container.cardinality <= kMaxArrayValues) {
    std::uint32_t left = container.cardinality;
    for (std::uint32_t i = 0; i < container.runs; ++i) {
      const std::uint32_t first = container.RunStart(i);
      const std::uint32_t last = CheckedRunLast(container, i);
      if (last - first >= left) MalformedBitmap();
      left -= last - first + 1;
      for (std::uint32_t value = first; value <= last; ++value) hash->Add(value);
    }
    return;
  }
  Words words = {};
  SetBits(&words, container);
  for (const std::uint64_t word : words) hash->Add(word);
}

}  // namespace

Difference FirstDifference(const BitmapView& a, const BitmapView& b) {
  StopTicker ticker;
  for (std::uint32_t i = 0;; ++i) {
    if (i == a.containers() && i == b.containers()) return {false, 0, false};
    const std::uint32_t left = i < a.containers() ? a.Key(i) : kMaxContainers;
    const std::uint32_t right = i < b.containers() ? b.Key(i) : kMaxContainers;
    if (left != right) {
      const Container alone = left < right ? a.At(i) : b.At(i);
      return {true, alone.high | alone.Min(), left < right};
    }
    const Container container = a.At(i);
    Difference difference = CompareContainers(container, b.At(i));
    difference.value |= container.high;
    if (difference.found) return difference;
    ticker.Step(1024);
  }
}

int Compare(const BitmapView& a, const BitmapView& b) {
  const Difference difference = FirstDifference(a, b);
  if (!difference.found) return 0;
  // Whoever has the value comes first, unless the other one has ended before it.
  const BitmapView& other = difference.in_first ? b : a;
  const bool other_goes_on = !other.empty() && other.Max() > difference.value;
  return other_goes_on == difference.in_first ? -1 : 1;
}

void ContentHash::Add(const BitmapView& view) {
  StopTicker ticker;
  for (std::uint32_t i = 0; i < view.containers(); ++i) {
    AddContainer(view.At(i), this);
    ticker.Step(1024);
  }
}

std::uint64_t Hash(const BitmapView& view, std::uint64_t seed) {
  ContentHash hash(seed);
  hash.Add(view);
  return hash.Result();
}

}  // namespace cdp::bitmap
