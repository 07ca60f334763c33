#include "core/bitmap/container_and.h"

#include <algorithm>
#include <bit>
#include <type_traits>

#include "core/bitmap/kernels_scalar.h"

namespace cdp::bitmap {
namespace {

// Every kernel reports shared values through a sink, in amounts: Add(n) returns false to stop.
struct Counter {
  std::uint32_t count = 0;
  bool Add(std::uint32_t n) {
    count += n;
    return true;
  }
};
struct Finder {
  bool found = false;
  bool Add(std::uint32_t n) {
    found = n != 0;
    return !found;
  }
};

// From this ratio of sizes on, each value of the shorter array is searched in the longer one.
constexpr std::uint32_t kSearchRatio = 32;

template <class Sink>
void SearchArray(const Container& few, const Container& many, Sink* sink) {
  std::uint32_t at = 0;
  for (std::uint32_t i = 0; i < few.cardinality; ++i) {
    const std::uint16_t value = few.Value(i);
    at = Gallop(many.lows(), at, value);
    if (at == many.cardinality) return;
    if (many.Value(at) == value && !sink->Add(1)) return;
  }
}

template <class Sink>
void ArrayAndArray(const Container& a, const Container& b, Sink* sink) {
  if (a.cardinality / kSearchRatio > b.cardinality) return SearchArray(b, a, sink);
  if (b.cardinality / kSearchRatio > a.cardinality) return SearchArray(a, b, sink);
  if constexpr (std::is_same_v<Sink, Counter>) {
    sink->Add(CountCommonValues(a.lows(), b.lows()));
  } else {
    sink->Add(HaveCommonValue(a.lows(), b.lows()));
  }
}

template <class Sink>
void ArrayAndBitset(const Container& array, const Container& bitset, Sink* sink) {
  for (std::uint32_t i = 0; i < array.cardinality; ++i) {
    if (!sink->Add(bitset.Bit(array.Value(i)))) return;
  }
}

template <class Sink>
void BitsetAndBitset(const Container& a, const Container& b, Sink* sink) {
  if constexpr (std::is_same_v<Sink, Counter>) {
    sink->Add(CountCommonBits(a.data, b.data));
  } else {
    for (std::size_t i = 0; i < kBitsetWords; ++i) {
      if (!sink->Add((a.Word(i) & b.Word(i)) != 0)) return;
    }
  }
}

template <class Sink>
void RunAndArray(const Container& runs, const Container& array, Sink* sink) {
  std::uint32_t run = 0;
  for (std::uint32_t i = 0; i < array.cardinality; ++i) {
    const std::uint32_t value = array.Value(i);
    while (run < runs.runs && runs.RunLast(run) < value) ++run;
    if (run == runs.runs) return;
    if (!sink->Add(runs.RunStart(run) <= value)) return;
  }
}

// Bits of the bitset from `first` to `last`.
std::uint32_t CountRange(const Container& bitset, std::uint32_t first, std::uint32_t last) {
  const std::uint64_t head = ~std::uint64_t{0} << (first & 63);
  const std::uint64_t tail = ~std::uint64_t{0} >> (63 - (last & 63));
  std::uint32_t word = first >> 6;
  const std::uint32_t end = last >> 6;
  if (word == end) return std::popcount(bitset.Word(word) & head & tail);
  std::uint32_t count = std::popcount(bitset.Word(word) & head);
  while (++word < end) count += std::popcount(bitset.Word(word));
  return count + std::popcount(bitset.Word(end) & tail);
}

template <class Sink>
void RunAndBitset(const Container& runs, const Container& bitset, Sink* sink) {
  for (std::uint32_t i = 0; i < runs.runs; ++i) {
    const std::uint32_t last = std::min<std::uint32_t>(runs.RunLast(i), 0xffff);
    if (!sink->Add(CountRange(bitset, runs.RunStart(i), last))) return;
  }
}

template <class Sink>
void RunAndRun(const Container& a, const Container& b, Sink* sink) {
  std::uint32_t i = 0;
  std::uint32_t k = 0;
  while (i < a.runs && k < b.runs) {
    const std::uint32_t first = std::max(a.RunStart(i), b.RunStart(k));
    const std::uint32_t last = std::min(a.RunLast(i), b.RunLast(k));
    if (first <= last && !sink->Add(last - first + 1)) return;
    if (a.RunLast(i) < b.RunLast(k)) {
      ++i;
    } else {
      ++k;
    }
  }
}

template <class Sink>
Sink Share(const Container& a, const Container& b) {
  Sink sink;
  // Half of the pairs is enough: the kinds are taken in the order of the enumeration.
  if (b.kind < a.kind) return Share<Sink>(b, a);
  switch (a.kind) {
    case ContainerKind::kArray:
      if (b.kind == ContainerKind::kArray) ArrayAndArray(a, b, &sink);
      if (b.kind == ContainerKind::kBitset) ArrayAndBitset(a, b, &sink);
      if (b.kind == ContainerKind::kRun) RunAndArray(b, a, &sink);
      break;
    case ContainerKind::kBitset:
      if (b.kind == ContainerKind::kBitset) BitsetAndBitset(a, b, &sink);
      if (b.kind == ContainerKind::kRun) RunAndBitset(b, a, &sink);
      break;
    case ContainerKind::kRun:
      RunAndRun(a, b, &sink);
      break;
  }
  return sink;
}

}  // namespace

std::uint32_t AndCardinality(const Container& a, const Container& b) {
  return Share<Counter>(a, b).count;
}

bool Intersects(const Container& a, const Container& b) { return Share<Finder>(a, b).found; }

}  // namespace cdp::bitmap
