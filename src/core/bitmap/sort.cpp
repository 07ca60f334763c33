#include "core/bitmap/sort.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>
#include <vector>

#include "core/base/stop.h"

namespace cdp::bitmap {
namespace {

// Up to here insertion beats everything, up to kComparisons comparing beats counting digits.
constexpr std::size_t kInsertion = 32;
constexpr std::size_t kComparisons = 512;

// The digits of a value for the radix sort: three cover 32 bits, and one table fits in the cache.
constexpr unsigned kDigitBits = 11;
template <class Value>
constexpr std::size_t kDigits = (8 * sizeof(Value) + kDigitBits - 1) / kDigitBits;
constexpr std::size_t kBuckets = std::size_t{1} << kDigitBits;

// A pass over very many values is made in stretches of so many, about a millisecond each.
constexpr std::size_t kBetweenPolls = std::size_t{1} << 18;

template <class Value>
std::size_t DigitOf(Value value, std::size_t digit) {
  return value >> (digit * kDigitBits) & (kBuckets - 1);
}

template <class Value>
void InsertionSort(std::span<Value> values) {
  for (std::size_t i = 1; i < values.size(); ++i) {
    const Value value = values[i];
    std::size_t at = i;
    for (; at > 0 && values[at - 1] > value; --at) values[at] = values[at - 1];
    values[at] = value;
  }
}

/// Calls visit with every value in turn, and lets itself be stopped in between.
template <class Value, class Visit>
void VisitAll(std::span<const Value> values, Visit visit) {
  for (std::size_t at = 0; at < values.size(); at += kBetweenPolls) {
    CheckStop();
    const std::size_t count = std::min(kBetweenPolls, values.size() - at);
    for (const Value value : values.subspan(at, count)) visit(value);
  }
}

template <class Value>
void RadixSort(std::span<Value> values, std::pmr::memory_resource* scratch) {
  std::pmr::vector<Value> other(values.size(), scratch);
  std::array<std::array<std::uint32_t, kBuckets>, kDigits<Value>> counts = {};
  VisitAll(std::span<const Value>(values), [&counts](Value value) {
    for (std::size_t digit = 0; digit < kDigits<Value>; ++digit)
      ++counts[digit][DigitOf(value, digit)];
  });
  Value* from = values.data();
  Value* to = other.data();
  for (std::size_t digit = 0; digit < kDigits<Value>; ++digit) {
    auto& places = counts[digit];
    // Dense ids leave the high digits the same in every value.
    if (places[DigitOf(from[0], digit)] == values.size()) continue;
    std::uint32_t place = 0;
    for (std::uint32_t& count : places) place += std::exchange(count, place);
    VisitAll(std::span<const Value>(from, values.size()),
             [&](Value value) { to[places[DigitOf(value, digit)]++] = value; });
    std::swap(from, to);
  }
  if (from != values.data()) std::copy_n(from, values.size(), values.data());
}

// Sorts; whether there was anything to do, for then values may occur twice.
template <class Value>
bool Sort(std::span<Value> values, std::pmr::memory_resource* scratch) {
  const auto not_ascending = std::adjacent_find(values.begin(), values.end(), std::greater_equal());
  if (not_ascending == values.end()) return false;
  if (values.size() <= kInsertion) {
    InsertionSort(values);
  } else if (values.size() <= kComparisons) {
    std::sort(values.begin(), values.end());
  } else if (!std::is_sorted(not_ascending, values.end())) {
    RadixSort(values, scratch);
  }
  return true;
}

template <class Value>
std::size_t SortAndDrop(std::span<Value> values, std::pmr::memory_resource* scratch) {
  if (!Sort(values, scratch)) return values.size();
  return static_cast<std::size_t>(std::unique(values.begin(), values.end()) - values.begin());
}

template <class Value>
std::size_t SortAndCancel(std::span<Value> values, std::pmr::memory_resource* scratch) {
  if (!Sort(values, scratch)) return values.size();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < values.size();) {
    std::size_t end = i + 1;
    while (end < values.size() && values[end] == values[i]) ++end;
    const bool is_odd = (end - i) % 2 != 0;
    values[kept] = values[i];
    kept += is_odd;
    i = end;
  }
  return kept;
}

}  // namespace

std::size_t SortUnique(std::span<std::uint32_t> values, std::pmr::memory_resource* scratch) {
  return SortAndDrop(values, scratch);
}

std::size_t SortUnique(std::span<std::uint64_t> values, std::pmr::memory_resource* scratch) {
  return SortAndDrop(values, scratch);
}

std::size_t SortOdd(std::span<std::uint32_t> values, std::pmr::memory_resource* scratch) {
  return SortAndCancel(values, scratch);
}

std::size_t SortOdd(std::span<std::uint64_t> values, std::pmr::memory_resource* scratch) {
  return SortAndCancel(values, scratch);
}

}  // namespace cdp::bitmap
