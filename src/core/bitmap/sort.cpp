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
constexpr std::size_t kDigits = 3;
constexpr std::size_t kBuckets = std::size_t{1} << kDigitBits;

std::size_t DigitOf(std::uint32_t value, std::size_t digit) {
  return value >> (digit * kDigitBits) & (kBuckets - 1);
}

void InsertionSort(std::span<std::uint32_t> values) {
  for (std::size_t i = 1; i < values.size(); ++i) {
    const std::uint32_t value = values[i];
    std::size_t at = i;
    for (; at > 0 && values[at - 1] > value; --at) values[at] = values[at - 1];
    values[at] = value;
  }
}

void RadixSort(std::span<std::uint32_t> values, std::pmr::memory_resource* scratch) {
  std::pmr::vector<std::uint32_t> other(values.size(), scratch);
  std::array<std::array<std::uint32_t, kBuckets>, kDigits> counts = {};
  for (const std::uint32_t value : values) {
    for (std::size_t digit = 0; digit < kDigits; ++digit) ++counts[digit][DigitOf(value, digit)];
  }
  std::uint32_t* from = values.data();
  std::uint32_t* to = other.data();
  for (std::size_t digit = 0; digit < kDigits; ++digit) {
    auto& places = counts[digit];
    // Dense ids leave the high digits the same in every value.
    if (places[DigitOf(from[0], digit)] == values.size()) continue;
    CheckStop();
    std::uint32_t place = 0;
    for (std::uint32_t& count : places) place += std::exchange(count, place);
    for (std::size_t i = 0; i < values.size(); ++i) to[places[DigitOf(from[i], digit)]++] = from[i];
    std::swap(from, to);
  }
  if (from != values.data()) std::copy_n(from, values.size(), values.data());
}

}  // namespace

std::size_t SortUnique(std::span<std::uint32_t> values, std::pmr::memory_resource* scratch) {
  const auto not_ascending = std::adjacent_find(values.begin(), values.end(), std::greater_equal());
  if (not_ascending == values.end()) return values.size();
  if (values.size() <= kInsertion) {
    InsertionSort(values);
  } else if (values.size() <= kComparisons) {
    std::sort(values.begin(), values.end());
  } else if (!std::is_sorted(not_ascending, values.end())) {
    RadixSort(values, scratch);
  }
  return static_cast<std::size_t>(std::unique(values.begin(), values.end()) - values.begin());
}

}  // namespace cdp::bitmap
