/// The links of a person (or of a few) as a graph that is asked about its shape.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

namespace cdp::identity {

/// Nodes are any numbers; link i joins a[i] and b[i]. Links to itself say nothing; of two links
/// between the same nodes neither is a bridge. The arrays must outlive the graph.
class LinkGraph {
 public:
  /// Throws kInvalidArgument unless both have the same number of elements.
  LinkGraph(std::span<const std::int32_t> a, std::span<const std::int32_t> b,
            std::pmr::memory_resource* memory);

  /// A link whose loss would part the nodes of its component.
  struct Bridge {
    std::uint32_t link;
    std::uint32_t side_a;  ///< nodes on the side of a[link], itself included
    std::uint32_t side_b;
  };
  /// All of them, ordered by link.
  std::pmr::vector<Bridge> Bridges() const;

  /// What decides among paths with as few links: the greatest sum of weights (from 0 to 1, kept to
  /// a millionth), then the earliest times (their sum in seconds), then the numbers of the nodes.
  struct Merit {
    std::span<const double> weight;
    std::span<const std::int64_t> micros;
  };
  /// One link of a path, and the end at which it is left.
  struct Hop {
    std::uint32_t link;
    std::int32_t from;
    std::int32_t to;
  };
  /// The best of the shortest paths; empty when there is none, or no way to go.
  std::pmr::vector<Hop> Path(std::int32_t start, std::int32_t goal, const Merit& merit) const;

 private:
  static constexpr std::uint32_t kNone = 0xffffffffu;

  struct Edge {
    std::uint32_t to;
    std::uint32_t link;
  };

  std::span<const Edge> EdgesOf(std::uint32_t node) const {
    return {edges_.data() + first_[node], first_[node + 1] - first_[node]};
  }
  /// Place of a node among the sorted numbers; kNone when no link has it.
  std::uint32_t PlaceOf(std::int32_t number) const;

  std::span<const std::int32_t> a_;
  std::span<const std::int32_t> b_;
  std::pmr::memory_resource* memory_;
  std::pmr::vector<std::int32_t> numbers_;
  std::pmr::vector<std::size_t> first_;  // edges of node n: from first_[n] to first_[n + 1]
  std::pmr::vector<Edge> edges_;
};

}  // namespace cdp::identity
