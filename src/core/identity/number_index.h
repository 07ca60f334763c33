/// From numbers to their places in a sorted list.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <utility>
#include <vector>

#include "core/base/sort.h"

namespace cdp::identity {

/// Numbers that lie close together, as numbers that were given out one after the other do, are
/// looked up in a table of their range; others are searched for.
class NumberIndex {
 public:
  static constexpr std::uint32_t kAbsent = 0xffffffffu;

  /// Takes the numbers over; they are sorted, and each counts once.
  explicit NumberIndex(std::pmr::vector<std::uint32_t> numbers)
      : numbers_(std::move(numbers)), table_(numbers_.get_allocator()) {
    SortPolled(std::span(numbers_), numbers_.get_allocator().resource());
    numbers_.erase(std::unique(numbers_.begin(), numbers_.end()), numbers_.end());
    if (numbers_.empty()) return;
    const std::uint64_t range = std::uint64_t{numbers_.back()} - numbers_.front() + 1;
    if (range / kSparsest > numbers_.size()) return;
    table_.assign(range, kAbsent);
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      table_[numbers_[i] - numbers_.front()] = static_cast<std::uint32_t>(i);
    }
  }

  std::size_t size() const { return numbers_.size(); }

  /// kAbsent when there is none.
  std::uint32_t Place(std::uint32_t number) const {
    if (numbers_.empty() || number < numbers_.front() || number > numbers_.back()) return kAbsent;
    if (!table_.empty()) return table_[number - numbers_.front()];
    const auto at = std::lower_bound(numbers_.begin(), numbers_.end(), number);
    return *at == number ? static_cast<std::uint32_t>(at - numbers_.begin()) : kAbsent;
  }

 private:
  static constexpr std::uint64_t kSparsest = 10;

  std::pmr::vector<std::uint32_t> numbers_;
  std::pmr::vector<std::uint32_t> table_;
};

}  // namespace cdp::identity
