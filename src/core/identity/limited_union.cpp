#include "core/identity/limited_union.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace cdp::identity {

LimitedUnion::LimitedUnion(std::span<const std::uint32_t> kinds,
                           std::span<const std::uint32_t> maximum, std::uint64_t size_limit,
                           std::pmr::memory_resource* memory)
    : kinds_(kinds),
      maximum_(maximum),
      size_limit_(size_limit),
      has_maximum_(std::any_of(maximum.begin(), maximum.end(), [](auto most) { return most > 0; })),
      parent_(kinds.size(), memory),
      next_(has_maximum_ ? kinds.size() : 0, memory),
      size_(kinds.size(), 1, memory),
      counted_(memory),
      left_(maximum.size(), memory),
      right_(maximum.size(), memory) {
  std::iota(parent_.begin(), parent_.end(), 0u);
  std::iota(next_.begin(), next_.end(), 0u);
}

std::uint32_t LimitedUnion::Root(std::uint32_t element) {
  while (parent_[element] != element) {
    parent_[element] = parent_[parent_[element]];
    element = parent_[element];
  }
  return element;
}

void LimitedUnion::Tally(std::uint32_t root, Counts* counts) const {
  std::uint32_t element = root;
  do {
    ++(*counts)[kinds_[element]];
    element = next_[element];
  } while (element != root);
}

void LimitedUnion::Clear(std::uint32_t root, Counts* counts) const {
  std::uint32_t element = root;
  do {
    (*counts)[kinds_[element]] = 0;
    element = next_[element];
  } while (element != root);
}

LimitedUnion::Verdict LimitedUnion::Broken(std::uint32_t a, std::uint32_t b) {
  a = Root(a);
  b = Root(b);
  if (a == b) return {};
  if (has_maximum_) {
    if (size_[a] < size_[b]) std::swap(a, b);
    const auto found_a = counted_.find(a);
    const auto found_b = counted_.find(b);
    const bool is_listed_a = found_a == counted_.end();
    const bool is_listed_b = found_b == counted_.end();
    if (is_listed_a) Tally(a, &left_);
    if (is_listed_b) Tally(b, &right_);
    const Counts& left = is_listed_a ? left_ : found_a->second;
    const Counts& right = is_listed_b ? right_ : found_b->second;
    std::size_t kind = 0;
    while (kind < maximum_.size() && (maximum_[kind] == 0 || left[kind] == 0 || right[kind] == 0 ||
                                      left[kind] + right[kind] <= maximum_[kind])) {
      ++kind;
    }
    if (is_listed_a) Clear(a, &left_);
    if (is_listed_b) Clear(b, &right_);
    if (kind < maximum_.size()) return {Limit::kKind, static_cast<std::uint32_t>(kind)};
  }
  if (size_limit_ > 0 && std::uint64_t{size_[a]} + size_[b] > size_limit_) {
    return {Limit::kSize};
  }
  return {};
}

void LimitedUnion::Merge(std::uint32_t a, std::uint32_t b) {
  const std::uint32_t root = std::min(a, b);
  const std::uint32_t gone = std::max(a, b);
  if (has_maximum_) {
    const std::uint32_t size = size_[root] + size_[gone];
    if (size > kListed) {
      // The counters of the larger set take in those of the other.
      const auto add_to = [this](Counts* counts, std::uint32_t other) {
        const auto found = counted_.find(other);
        if (found == counted_.end()) {
          Tally(other, counts);
          return;
        }
        for (std::size_t kind = 0; kind < counts->size(); ++kind) {
          (*counts)[kind] += found->second[kind];
        }
        counted_.erase(found);
      };
      Counts counts(maximum_.size(), left_.get_allocator());
      if (const auto found = counted_.find(root); found != counted_.end()) {
        counts = std::move(found->second);
        add_to(&counts, gone);
      } else {
        add_to(&counts, gone);
        Tally(root, &counts);
      }
      counted_.insert_or_assign(root, std::move(counts));
    }
    std::swap(next_[root], next_[gone]);
  }
  parent_[gone] = root;
  size_[root] += size_[gone];
}

bool LimitedUnion::Join(std::uint32_t a, std::uint32_t b) {
  if (Broken(a, b).limit != Limit::kNone) return false;
  Force(a, b);
  return true;
}

void LimitedUnion::Force(std::uint32_t a, std::uint32_t b) {
  a = Root(a);
  b = Root(b);
  if (a != b) Merge(a, b);
}

}  // namespace cdp::identity
