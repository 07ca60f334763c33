#include "core/identity/link_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory_resource>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "core/base/error.h"
#include "oracle/identity.h"

namespace cdp::identity {
namespace {

struct Links {
  std::vector<std::int32_t> a;
  std::vector<std::int32_t> b;
  std::vector<double> weight;
  std::vector<std::int64_t> micros;

  void Add(std::int32_t from, std::int32_t to, double w = 1, std::int64_t at = 0) {
    a.push_back(from);
    b.push_back(to);
    weight.push_back(w);
    micros.push_back(at);
  }
  LinkGraph Graph() const { return LinkGraph(a, b, std::pmr::new_delete_resource()); }
};

using Sides = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;

std::vector<Sides> BridgesOf(const Links& links) {
  std::vector<Sides> rows;
  for (const auto& bridge : links.Graph().Bridges()) {
    rows.emplace_back(bridge.link, bridge.side_a, bridge.side_b);
  }
  return rows;
}

/// "start>node>node" with the links in brackets.
std::string PathOf(const Links& links, std::int32_t start, std::int32_t goal) {
  std::string text;
  for (const auto& hop : links.Graph().Path(start, goal, {links.weight, links.micros})) {
    if (text.empty()) text = std::to_string(hop.from);
    text += "[" + std::to_string(hop.link) + "]" + std::to_string(hop.to);
  }
  return text;
}

/// A link is a bridge when its ends are apart without it.
std::vector<Sides> SlowBridges(const Links& links) {
  std::vector<Sides> rows;
  for (std::size_t left_out = 0; left_out < links.a.size(); ++left_out) {
    std::vector<std::pair<std::int64_t, std::int64_t>> others;
    for (std::size_t i = 0; i < links.a.size(); ++i) {
      others.emplace_back(links.a[i], links.a[i]);
      others.emplace_back(links.b[i], links.b[i]);
      if (i != left_out) others.emplace_back(links.a[i], links.b[i]);
    }
    const auto component = oracle::Components(others);
    const auto size_at = [&component](std::int32_t node) {
      return static_cast<std::uint32_t>(
          std::count_if(component.begin(), component.end(),
                        [&](const auto& entry) { return entry.second == component.at(node); }));
    };
    const std::int32_t a = links.a[left_out];
    const std::int32_t b = links.b[left_out];
    if (component.at(a) != component.at(b)) {
      rows.emplace_back(static_cast<std::uint32_t>(left_out), size_at(a), size_at(b));
    }
  }
  return rows;
}

/// Of the walks with the fewest links the best weight and time, by trying all walks of each length.
std::optional<std::tuple<int, std::int64_t, std::int64_t>> SlowPath(const Links& links,
                                                                    std::int32_t start,
                                                                    std::int32_t goal) {
  using Merit = std::pair<std::int64_t, std::int64_t>;  // weight, minus the time
  std::map<std::int32_t, Merit> wave{{start, {0, 0}}};
  for (int hops = 0; hops <= static_cast<int>(links.a.size()); ++hops) {
    if (wave.contains(goal)) return {{hops, wave[goal].first, -wave[goal].second}};
    std::map<std::int32_t, Merit> next;
    for (std::size_t i = 0; i < links.a.size(); ++i) {
      for (const auto& [from, to] :
           {std::pair{links.a[i], links.b[i]}, std::pair{links.b[i], links.a[i]}}) {
        if (!wave.contains(from)) continue;
        const Merit merit{wave[from].first + std::llround(links.weight[i] * 1e6),
                          wave[from].second - links.micros[i] / 1000000};
        const auto [at, added] = next.emplace(to, merit);
        if (!added) at->second = std::max(at->second, merit);
      }
    }
    wave = next;
  }
  return std::nullopt;
}

TEST(LinkGraph, AnEmptyGraphHasNothing) {
  EXPECT_EQ(BridgesOf({}), std::vector<Sides>{});
  EXPECT_EQ(PathOf({}, 1, 2), "");
}

TEST(LinkGraph, AChainIsAllBridges) {
  Links links;
  links.Add(5, 2);
  links.Add(2, 9);
  links.Add(-3, 9);
  EXPECT_EQ(BridgesOf(links), (std::vector<Sides>{{0, 1, 3}, {1, 2, 2}, {2, 1, 3}}));
}

TEST(LinkGraph, ARingHasNoBridgeAndALinkGivenTwiceIsNone) {
  Links links;
  links.Add(1, 2);
  links.Add(2, 3);
  links.Add(3, 1);
  links.Add(3, 4);
  links.Add(4, 3);
  links.Add(4, 4);
  links.Add(4, 5);
  EXPECT_EQ(BridgesOf(links), (std::vector<Sides>{{6, 4, 1}}));
}

TEST(LinkGraph, AChainOfManyNodesNeedsNoDeepStack) {
  Links links;
  constexpr std::int32_t kNodes = 300000;
  for (std::int32_t i = 1; i < kNodes; ++i) links.Add(i - 1, i);
  const auto bridges = BridgesOf(links);
  ASSERT_EQ(bridges.size(), std::size_t{kNodes - 1});
  EXPECT_EQ(bridges[99], (Sides{99, 100, kNodes - 100}));
  const auto path = links.Graph().Path(0, kNodes - 1, {links.weight, links.micros});
  EXPECT_EQ(path.size(), std::size_t{kNodes - 1});
}

TEST(LinkGraph, FewHopsBeatWeightAndWeightBeatsAge) {
  Links links;
  links.Add(1, 2, 1);
  links.Add(2, 3, 1);
  links.Add(1, 3, 0.1);
  EXPECT_EQ(PathOf(links, 1, 3), "1[2]3");
  links.Add(3, 4, 0.5, 9000000);
  links.Add(1, 5, 0.5, 0);
  links.Add(5, 4, 0.5, 0);
  EXPECT_EQ(PathOf(links, 1, 4), "1[4]5[5]4");
  EXPECT_EQ(PathOf(links, 4, 1), "4[5]5[4]1");
  links.Add(1, 6, 0.5, 0);
  links.Add(4, 6, 0.6, 99000000);
  EXPECT_EQ(PathOf(links, 1, 4), "1[6]6[7]4");
}

TEST(LinkGraph, TheOrderOfTheLinksDecidesNothing) {
  Links forward;
  Links backward;
  for (std::int32_t n = 10; n < 20; ++n) {
    forward.Add(1, n);
    forward.Add(n, 2);
    backward.Add(2, 29 - n);
    backward.Add(29 - n, 1);
  }
  EXPECT_EQ(PathOf(forward, 1, 2), "1[0]10[1]2");
  EXPECT_EQ(PathOf(backward, 1, 2), "1[19]10[18]2");
}

TEST(LinkGraph, NoWayNoPath) {
  Links links;
  links.Add(1, 2);
  links.Add(3, 4);
  EXPECT_EQ(PathOf(links, 1, 4), "");
  EXPECT_EQ(PathOf(links, 1, 1), "");
  EXPECT_EQ(PathOf(links, 1, 7), "");
  EXPECT_EQ(PathOf(links, 7, 1), "");
}

TEST(LinkGraph, OddWeightsAndTimesAreHeld) {
  Links links;
  constexpr auto kInfinity = std::numeric_limits<std::int64_t>::max();
  links.Add(1, 2, std::numeric_limits<double>::quiet_NaN(), kInfinity);
  links.Add(2, 3, -1, std::numeric_limits<std::int64_t>::min());
  links.Add(1, 4, 1e300, kInfinity);
  links.Add(4, 3, 0, kInfinity);
  EXPECT_EQ(PathOf(links, 1, 3), "1[2]4[3]3");
}

TEST(LinkGraph, ArraysOfDifferentLengthAreRefused) {
  const std::vector<std::int32_t> one{1};
  const std::vector<std::int32_t> two{1, 2};
  EXPECT_THROW(LinkGraph(one, two, std::pmr::new_delete_resource()), Error);
  const LinkGraph graph(one, one, std::pmr::new_delete_resource());
  EXPECT_THROW(graph.Path(1, 2, {}), Error);
}

TEST(LinkGraph, AgreesWithThePlainDefinitions) {
  std::mt19937_64 rng(20250301);
  for (int round = 0; round < 2000; ++round) {
    Links links;
    const std::uint64_t nodes = 1 + rng() % 12;
    for (std::uint64_t count = rng() % 16; count > 0; --count) {
      links.Add(static_cast<std::int32_t>(rng() % nodes) - 3,
                static_cast<std::int32_t>(rng() % nodes) - 3, static_cast<double>(rng() % 3) / 2,
                static_cast<std::int64_t>(rng() % 3) * 1000000);
    }
    ASSERT_EQ(BridgesOf(links), SlowBridges(links)) << "round " << round;
    const std::int32_t start = -3;
    const auto goal = static_cast<std::int32_t>(rng() % nodes) - 3;
    if (start == goal) continue;
    const auto slow = SlowPath(links, start, goal);
    const auto path = links.Graph().Path(start, goal, {links.weight, links.micros});
    ASSERT_EQ(!path.empty(), slow.has_value()) << "round " << round;
    if (!slow) continue;
    std::int64_t weight = 0;
    std::int64_t seconds = 0;
    std::int32_t at = start;
    for (const auto& hop : path) {
      ASSERT_EQ(hop.from, at);
      ASSERT_EQ(std::minmax(hop.from, hop.to), std::minmax(links.a[hop.link], links.b[hop.link]));
      at = hop.to;
      weight += std::llround(links.weight[hop.link] * 1e6);
      seconds += links.micros[hop.link] / 1000000;
    }
    ASSERT_EQ(at, goal);
    ASSERT_EQ(std::tuple(static_cast<int>(path.size()), weight, seconds), *slow)
        << "round " << round;
  }
}

}  // namespace
}  // namespace cdp::identity
