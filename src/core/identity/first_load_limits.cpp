// Limits of persons in the first load: plain union first; only what comes out too large is united
// again, link by link.
#include <algorithm>
#include <numeric>
#include <span>
#include <tuple>
#include <vector>

#include "core/base/sort.h"
#include "core/base/stop.h"
#include "core/identity/first_load.h"
#include "core/identity/limited_union.h"

namespace cdp::identity {

std::pmr::vector<bool> FirstLoad::FindCrowds(const std::pmr::vector<std::uint32_t>& root) const {
  std::pmr::vector<bool> crowds(root.size(), memory_);
  std::pmr::vector<std::int32_t> count(memory_);
  StopTicker ticker;
  // One type at a time, and all together: room for as many counters as there are types would be
  // more than all the rest.
  const auto mark = [&](std::uint32_t type, std::int32_t limit) {
    if (limit <= 0) return;
    count.assign(root.size(), 0);
    for (std::size_t number = 0; number < root.size(); ++number) {
      ticker.Step();
      const Identifier& one = identifier(number);
      if (one.status != Status::kActive || (type != kAnyType && one.type != type)) continue;
      if (++count[root[number]] > limit) crowds[root[number]] = true;
    }
  };
  for (std::uint32_t type = 0; type < types_.size(); ++type) mark(type, types_[type].person_limit);
  mark(kAnyType, size_cap_);
  return crowds;
}

void FirstLoad::HoldToLimits(std::pmr::vector<std::uint32_t>* root) {
  const std::pmr::vector<bool> crowds = FindCrowds(*root);
  std::pmr::vector<std::uint32_t> members(memory_);
  for (std::uint32_t number = 0; number < root->size(); ++number) {
    if (crowds[(*root)[number]]) members.push_back(number);
  }
  if (members.empty()) return;

  // Of several limits that are broken the one of the strongest type is told.
  std::pmr::vector<std::uint32_t> by_rank(types_.size(), memory_);
  std::iota(by_rank.begin(), by_rank.end(), 0u);
  std::sort(by_rank.begin(), by_rank.end(), [this](std::uint32_t x, std::uint32_t y) {
    return std::tie(types_[x].rank, types_[x].id) < std::tie(types_[y].rank, types_[y].id);
  });
  std::pmr::vector<std::uint32_t> kind_of(types_.size(), memory_);
  std::pmr::vector<std::uint32_t> maximum(memory_);
  for (const std::uint32_t type : by_rank) {
    kind_of[type] = static_cast<std::uint32_t>(maximum.size());
    maximum.push_back(static_cast<std::uint32_t>(std::max(types_[type].person_limit, 0)));
  }
  std::pmr::vector<std::uint32_t> kinds(memory_);
  kinds.reserve(members.size());
  for (const std::uint32_t number : members) kinds.push_back(kind_of[identifier(number).type]);

  // A pair comes in the turn of the best of its rows.
  const auto is_same_pair = [this](std::uint32_t x, std::uint32_t y) {
    return links_[x].a == links_[y].a && links_[x].b == links_[y].b;
  };
  const auto is_better = [this](std::uint32_t x, std::uint32_t y) {
    if (links_[x].weight != links_[y].weight) return links_[x].weight > links_[y].weight;
    return links_[x].first_seen < links_[y].first_seen;
  };
  std::pmr::vector<std::uint32_t> order(memory_);
  for (std::uint32_t i = 0; i < links_.size(); ++i) {
    const Link& link = links_[i];
    if (!crowds[(*root)[link.a]] || identifier(link.a).status != Status::kActive ||
        identifier(link.b).status != Status::kActive) {
      continue;
    }
    if (order.empty() || !is_same_pair(order.back(), i)) {
      order.push_back(i);
    } else if (is_better(i, order.back())) {
      order.back() = i;
    }
  }
  // What is as good comes in the order of the ends, as links_ is.
  StopTicker ticker;
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t x, std::uint32_t y) {
    ticker.Step();
    return is_better(x, y);
  });
  const auto place_of = [&members](std::uint32_t number) {
    const auto at = std::lower_bound(members.begin(), members.end(), number);
    return static_cast<std::uint32_t>(at - members.begin());
  };
  LimitedUnion sets(kinds, maximum, static_cast<std::uint32_t>(std::max(size_cap_, 0)), memory_);
  for (const std::uint32_t i : order) {
    ticker.Step();
    const std::uint32_t x = place_of(links_[i].a);
    const std::uint32_t y = place_of(links_[i].b);
    if (sets.Join(x, y)) continue;
    const auto broken = sets.Broken(x, y);
    const std::uint32_t type =
        broken.limit == LimitedUnion::Limit::kSize ? kAnyType : by_rank[broken.kind];
    std::uint32_t row = i;
    while (row > 0 && is_same_pair(row - 1, i)) --row;
    for (; row < links_.size() && is_same_pair(row, i); ++row) limited_.push_back({row, type});
  }
  refused_ += limited_.size();
  SortPolled(std::span(limited_), memory_,
             [](const Limited& x, const Limited& y) { return x.link < y.link; });
  for (std::uint32_t place = 0; place < members.size(); ++place) {
    (*root)[members[place]] = members[sets.Root(place)];
  }
}

}  // namespace cdp::identity
