/// Ordering of values before they become a bitmap.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <span>

namespace cdp::bitmap {

/// Sorts the values ascending and drops duplicates; returns how many are left at the front. Long
/// unsorted input needs as much scratch memory as it has values, for the time of the call.
std::size_t SortUnique(std::span<std::uint32_t> values, std::pmr::memory_resource* scratch);
std::size_t SortUnique(std::span<std::uint64_t> values, std::pmr::memory_resource* scratch);

/// The same, but of the values that occur an odd number of times.
std::size_t SortOdd(std::span<std::uint32_t> values, std::pmr::memory_resource* scratch);
std::size_t SortOdd(std::span<std::uint64_t> values, std::pmr::memory_resource* scratch);

}  // namespace cdp::bitmap
