#include "core/identity/batch_union.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "core/base/error.h"
#include "core/base/sort.h"
#include "core/base/stop.h"
#include "core/identity/union_find.h"

namespace cdp::identity {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

}  // namespace

// Nodes are persons in the order of their OneIDs, then fresh identifiers in theirs: so the smallest
// node of a set is who stays.
BatchUnion::BatchUnion(std::span<const std::int32_t> fresh, const Links& links,
                       std::pmr::memory_resource* memory)
    : targets_(memory), merges_(memory) {
  const std::size_t count = links.a.size();
  if (links.b.size() != count || links.owner_a.size() != count || links.owner_b.size() != count) {
    throw Error(ErrorCode::kInvalidArgument, "every link needs two ends and their persons");
  }
  if (fresh.size() + 2 * count >= kNone) {
    throw Error(ErrorCode::kLimitExceeded, "batch has too many links");
  }
  std::pmr::vector<std::uint32_t> persons(memory);
  for (const auto owners : {links.owner_a, links.owner_b}) {
    for (const std::int64_t owner : owners) {
      if (owner < 0) continue;
      if (owner >= kNewPersons) throw Error(ErrorCode::kInvalidArgument, "person out of range");
      persons.push_back(static_cast<std::uint32_t>(owner));
    }
  }
  SortPolled(std::span(persons), memory);
  persons.erase(std::unique(persons.begin(), persons.end()), persons.end());
  const auto person_count = static_cast<std::uint32_t>(persons.size());

  std::pmr::vector<std::pair<std::int32_t, std::uint32_t>> places(memory);
  places.reserve(fresh.size());
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    places.emplace_back(fresh[i], person_count + static_cast<std::uint32_t>(i));
  }
  SortPolledInPlace(std::span(places));
  const auto node_of = [&](std::int32_t id, std::int64_t owner) {
    if (owner >= 0) {
      const auto at = std::lower_bound(persons.begin(), persons.end(), owner);
      return static_cast<std::uint32_t>(at - persons.begin());
    }
    const auto at = std::lower_bound(places.begin(), places.end(), std::pair(id, 0u));
    return at == places.end() || at->first != id ? kNone : at->second;
  };

  std::pmr::vector<std::uint32_t> parent(person_count + fresh.size(), memory);
  std::iota(parent.begin(), parent.end(), 0u);
  using Ends = std::pair<std::int32_t, std::int32_t>;
  constexpr std::int32_t kLast = std::numeric_limits<std::int32_t>::max();
  std::pmr::vector<Ends> evidence(person_count, Ends(kLast, kLast), memory);
  StopTicker ticker;
  for (std::size_t i = 0; i < count; ++i) {
    ticker.Step(16);
    const std::uint32_t x = node_of(links.a[i], links.owner_a[i]);
    const std::uint32_t y = node_of(links.b[i], links.owner_b[i]);
    if (x == kNone || y == kNone || x == y) continue;
    Unite(parent.data(), x, y);
    for (const std::uint32_t node : {x, y}) {
      if (node >= person_count) continue;
      evidence[node] = std::min(evidence[node], Ends(links.a[i], links.b[i]));
    }
  }

  // A root comes before the others of its set, so its target is known when theirs is asked.
  targets_.reserve(fresh.size());
  for (std::uint32_t node = 0; node < parent.size(); ++node) {
    ticker.Step();
    const std::uint32_t root = Root(parent.data(), node);
    if (node < person_count) {
      if (root == node) continue;
      merges_.push_back(
          {persons[node], persons[root], evidence[node].first, evidence[node].second});
    } else if (root == node) {
      targets_.push_back(kNewPersons + ++new_persons_);
    } else {
      targets_.push_back(root < person_count ? persons[root] : targets_[root - person_count]);
    }
  }
}

}  // namespace cdp::identity
