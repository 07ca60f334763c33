#include "core/identity/link_graph.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/base/error.h"
#include "core/base/sort.h"
#include "core/base/stop.h"

namespace cdp::identity {
namespace {

constexpr double kWeightUnits = 1e6;
constexpr std::int64_t kMicrosPerSecond = 1000000;
// Infinite times would overflow the sums of long paths.
constexpr std::int64_t kLatest = std::int64_t{1} << 40;

std::int64_t WeightOf(double weight) {
  // Not a number counts as nothing.
  return weight >= 0 ? std::llround(std::min(weight, 1.0) * kWeightUnits) : 0;
}

std::int64_t SecondsOf(std::int64_t micros) {
  return std::clamp(micros / kMicrosPerSecond, -kLatest, kLatest);
}

}  // namespace

LinkGraph::LinkGraph(std::span<const std::int32_t> a, std::span<const std::int32_t> b,
                     std::pmr::memory_resource* memory)
    : a_(a), b_(b), memory_(memory), numbers_(memory), first_(memory), edges_(memory) {
  if (a.size() != b.size()) {
    throw Error(ErrorCode::kInvalidArgument, "both ends of links must be equally many",
                "There are " + std::to_string(a.size()) + " and " + std::to_string(b.size()) + ".");
  }
  if (a.size() >= kNone / 2) throw Error(ErrorCode::kLimitExceeded, "graph has too many links");
  numbers_.reserve(2 * a.size());
  numbers_.assign(a.begin(), a.end());
  numbers_.insert(numbers_.end(), b.begin(), b.end());
  SortPolled(std::span(numbers_), memory);
  numbers_.erase(std::unique(numbers_.begin(), numbers_.end()), numbers_.end());

  std::pmr::vector<std::uint32_t> ends(memory);
  ends.reserve(2 * a.size());
  first_.resize(numbers_.size() + 1);
  StopTicker ticker;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ticker.Step(16);
    ends.push_back(PlaceOf(a[i]));
    ends.push_back(PlaceOf(b[i]));
    if (a[i] == b[i]) continue;
    ++first_[ends[2 * i] + 1];
    ++first_[ends[2 * i + 1] + 1];
  }
  for (std::size_t n = 1; n < first_.size(); ++n) first_[n] += first_[n - 1];
  edges_.resize(first_.back());
  std::pmr::vector<std::size_t> next(first_.begin(), first_.end(), memory);
  for (std::size_t i = 0; i < a.size(); ++i) {
    ticker.Step();
    if (a[i] == b[i]) continue;
    edges_[next[ends[2 * i]]++] = {ends[2 * i + 1], static_cast<std::uint32_t>(i)};
    edges_[next[ends[2 * i + 1]]++] = {ends[2 * i], static_cast<std::uint32_t>(i)};
  }
  // Answers must not depend on the order of the links.
  for (std::size_t n = 0; n < numbers_.size(); ++n) {
    ticker.Step();
    SortPolledInPlace(
        std::span(edges_).subspan(first_[n], first_[n + 1] - first_[n]),
        [](const Edge& x, const Edge& y) { return x.to != y.to ? x.to < y.to : x.link < y.link; });
  }
}

std::uint32_t LinkGraph::PlaceOf(std::int32_t number) const {
  const auto at = std::lower_bound(numbers_.begin(), numbers_.end(), number);
  if (at == numbers_.end() || *at != number) return kNone;
  return static_cast<std::uint32_t>(at - numbers_.begin());
}

// Tarjan's low-link numbers, without recursion: a component may be a chain of a million nodes.
std::pmr::vector<LinkGraph::Bridge> LinkGraph::Bridges() const {
  struct Visit {
    std::uint32_t node;
    std::uint32_t entered_by;  // the link; another one to the same node is a way back
    std::size_t next;          // the edge to look at next
  };
  const std::size_t count = numbers_.size();
  std::pmr::vector<std::uint32_t> order(count, kNone, memory_);
  std::pmr::vector<std::uint32_t> low(count, memory_);
  std::pmr::vector<std::uint32_t> size(count, memory_);
  std::pmr::vector<Visit> path(memory_);
  std::pmr::vector<Bridge> bridges(memory_);
  std::uint32_t reached = 0;
  StopTicker ticker;
  for (std::uint32_t root = 0; root < count; ++root) {
    if (order[root] != kNone) continue;
    const std::size_t first_bridge = bridges.size();
    const auto enter = [&](std::uint32_t node, std::uint32_t link) {
      order[node] = low[node] = reached++;
      size[node] = 1;
      path.push_back({node, link, first_[node]});
    };
    enter(root, kNone);
    while (!path.empty()) {
      ticker.Step();
      Visit& visit = path.back();
      if (visit.next < first_[visit.node + 1]) {
        const Edge edge = edges_[visit.next++];
        if (edge.link == visit.entered_by) continue;
        if (order[edge.to] == kNone) {
          enter(edge.to, edge.link);
        } else {
          low[visit.node] = std::min(low[visit.node], order[edge.to]);
        }
        continue;
      }
      const Visit done = visit;
      path.pop_back();
      if (path.empty()) break;
      const std::uint32_t parent = path.back().node;
      low[parent] = std::min(low[parent], low[done.node]);
      size[parent] += size[done.node];
      if (low[done.node] > order[parent]) {
        // The other side is known once the whole component is.
        const bool ends_in_b = numbers_[done.node] == b_[done.entered_by];
        bridges.push_back(
            {done.entered_by, ends_in_b ? 0 : size[done.node], ends_in_b ? size[done.node] : 0});
      }
    }
    for (std::size_t i = first_bridge; i < bridges.size(); ++i) {
      Bridge& bridge = bridges[i];
      (bridge.side_a == 0 ? bridge.side_a : bridge.side_b) =
          size[root] - std::max(bridge.side_a, bridge.side_b);
    }
  }
  SortPolled(std::span(bridges), memory_,
             [](const Bridge& x, const Bridge& y) { return x.link < y.link; });
  return bridges;
}

// Breadth first from the start, layer by layer: when a node's turn comes, everybody who leads to it
// has had his.
std::pmr::vector<LinkGraph::Hop> LinkGraph::Path(std::int32_t start, std::int32_t goal,
                                                 const Merit& merit) const {
  if (merit.weight.size() != a_.size() || merit.micros.size() != a_.size()) {
    throw Error(ErrorCode::kInvalidArgument, "every link needs a weight and a time");
  }
  struct Best {
    std::uint32_t depth = kNone;
    std::uint32_t from = kNone;
    std::uint32_t link = kNone;
    std::int64_t weight = 0;
    std::int64_t seconds = 0;
  };
  std::pmr::vector<Hop> hops(memory_);
  const std::uint32_t source = PlaceOf(start);
  const std::uint32_t target = PlaceOf(goal);
  if (source == kNone || target == kNone || source == target) return hops;
  std::pmr::vector<Best> best(numbers_.size(), memory_);
  std::pmr::vector<std::uint32_t> wave({source}, memory_);
  best[source].depth = 0;
  StopTicker ticker;
  for (std::size_t i = 0; i < wave.size(); ++i) {
    const std::uint32_t node = wave[i];
    const Best here = best[node];
    if (here.depth >= best[target].depth) break;
    for (const Edge edge : EdgesOf(node)) {
      ticker.Step();
      Best& there = best[edge.to];
      if (there.depth <= here.depth) continue;
      const Best way{here.depth + 1, node, edge.link,
                     here.weight + WeightOf(merit.weight[edge.link]),
                     here.seconds + SecondsOf(merit.micros[edge.link])};
      if (there.depth == kNone) {
        wave.push_back(edge.to);
      } else if (way.weight != there.weight ? way.weight < there.weight
                                            : way.seconds >= there.seconds) {
        // At a tie the first stays.
        continue;
      }
      there = way;
    }
  }
  for (std::uint32_t node = target; best[node].link != kNone; node = best[node].from) {
    hops.push_back({best[node].link, numbers_[best[node].from], numbers_[node]});
  }
  std::reverse(hops.begin(), hops.end());
  return hops;
}

}  // namespace cdp::identity
