#include "core/identity/guarded_graph.h"

#include <gtest/gtest.h>

#include <map>
#include <memory_resource>
#include <random>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "core/base/stop.h"
#include "oracle/identity.h"

namespace cdp::identity {
namespace {

using Kind = GuardedGraph::Kind;
using Link = GuardedGraph::Link;
using Mark = GuardedGraph::Mark;
using Node = GuardedGraph::Node;
using Reason = GuardedGraph::Reason;
using Rules = GuardedGraph::Rules;
using Standing = GuardedGraph::Standing;
using Status = GuardedGraph::Status;

struct Input {
  std::vector<Kind> kinds;
  std::vector<Node> nodes;
  std::vector<Link> links;
  Rules rules;
};

using Pair = std::pair<std::int32_t, std::int32_t>;
struct Outcome {
  std::map<std::int32_t, Status> status;
  std::map<std::int32_t, std::int32_t> person;  // by identifier, the smallest of the person
  std::multiset<std::tuple<Pair, double, Reason, std::uint32_t>> links;
  bool operator==(const Outcome&) const = default;
};

GuardedGraph Filled(const Input& input) {
  GuardedGraph graph(std::pmr::new_delete_resource());
  for (const Kind& kind : input.kinds) graph.AddKind(kind);
  for (const Node& node : input.nodes) graph.AddNode(node);
  for (const Link& link : input.links) graph.AddLink(link);
  return graph;
}

Outcome OutcomeOf(const GuardedGraph& graph) {
  Outcome outcome;
  const auto nodes = graph.nodes();
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    outcome.status[nodes[n].id] = graph.status(n);
    if (graph.root(n) != GuardedGraph::kNone) {
      outcome.person[nodes[n].id] = nodes[graph.root(n)].id;
    }
  }
  for (const Link& link : graph.links()) {
    outcome.links.insert(
        {{nodes[link.a].id, nodes[link.b].id}, link.weight, link.reason, link.kind});
  }
  return outcome;
}

Outcome Resolved(const Input& input) {
  GuardedGraph graph = Filled(input);
  graph.Resolve(input.rules);
  return OutcomeOf(graph);
}

/// The same by the plain definitions.
Outcome Slow(const Input& input) {
  std::map<std::int32_t, Node> nodes;
  for (const Node& node : input.nodes) nodes[node.id] = node;
  const auto kind_of = [&](std::int32_t id) { return input.kinds[nodes.at(id).kind]; };
  std::vector<Link> links;
  for (Link link : input.links) {
    if (link.a > link.b) std::swap(link.a, link.b);
    if (link.a != link.b && nodes.contains(link.a) && nodes.contains(link.b)) {
      links.push_back(link);
    }
  }
  const auto is_weak = [&](const Link& link) {
    return !link.is_together && link.weight < input.rules.min_weight;
  };
  std::map<std::int32_t, Status> guard;
  std::set<std::int32_t> held;
  for (const auto& [id, node] : nodes) {
    guard[id] = node.mark == Mark::kBlocked  ? Status::kBlocked
                : node.mark == Mark::kShared ? Status::kShared
                                             : Status::kActive;
  }
  const auto before = guard;
  for (const auto& [id, node] : nodes) {
    if (node.mark != Mark::kOpen) continue;
    std::map<std::uint32_t, std::set<std::int32_t>> neighbours;
    for (const Link& link : links) {
      if (is_weak(link) || (link.a != id && link.b != id)) continue;
      const std::int32_t other = link.a == id ? link.b : link.a;
      if (before.at(other) != Status::kBlocked) neighbours[nodes.at(other).kind].insert(other);
    }
    for (const auto& [kind, of_it] : neighbours) {
      const Kind& own = input.kinds[node.kind];
      const Kind& other = input.kinds[kind];
      const bool is_fan =
          other.rank < own.rank && own.fanout_limit > 0 && of_it.size() > own.fanout_limit;
      const bool is_crowd =
          kind != node.kind && other.neighbour_limit > 0 && of_it.size() > other.neighbour_limit;
      if (is_fan || is_crowd) guard[id] = Status::kShared;
    }
  }
  for (const Link& link : links) {
    if (link.is_together) held.insert({link.a, link.b});
  }
  std::map<std::int32_t, std::set<std::int32_t>> person;
  for (const auto& [id, node] : nodes) person[id] = {id};
  const auto count_of = [&](const std::set<std::int32_t>& ids, std::uint32_t kind) {
    return std::count_if(ids.begin(), ids.end(),
                         [&](std::int32_t id) { return nodes.at(id).kind == kind; });
  };
  const auto unite = [&](const Link& link) {
    std::set<std::int32_t> both = person[link.a];
    both.insert(person[link.b].begin(), person[link.b].end());
    for (const std::int32_t id : both) person[id] = both;
  };
  std::vector<Reason> reasons(links.size(), Reason::kNone);
  std::vector<std::uint32_t> of_kind(links.size(), GuardedGraph::kNone);
  std::vector<std::tuple<int, double, std::int64_t, Pair, std::size_t>> order;
  for (std::size_t i = 0; i < links.size(); ++i) {
    const Link& link = links[i];
    if (is_weak(link)) {
      reasons[i] = Reason::kWeak;
    } else if (!link.is_together &&
               (guard[link.a] == Status::kBlocked || guard[link.b] == Status::kBlocked)) {
      reasons[i] = Reason::kBlocked;
    } else if (!link.is_together &&
               (guard[link.a] == Status::kShared || guard[link.b] == Status::kShared)) {
      reasons[i] = Reason::kShared;
    } else {
      std::int64_t ttl = kind_of(link.a).ttl;
      if (ttl == 0 || (kind_of(link.b).ttl > 0 && kind_of(link.b).ttl < ttl)) {
        ttl = kind_of(link.b).ttl;
      }
      if (!link.is_together && ttl > 0 && input.rules.now - link.last_seen > ttl) continue;
      const bool is_new = link.was != Standing::kActive && !link.is_together;
      order.push_back({is_new, -link.weight, link.first_seen, {link.a, link.b}, i});
    }
  }
  std::sort(order.begin(), order.end());
  // Persons that are within their limits now, or that somebody holds together, stay.
  std::vector<std::pair<std::int32_t, std::int32_t>> now;
  for (const auto& turn : order) {
    if (std::get<0>(turn) == 0) now.push_back(std::get<3>(turn));
  }
  std::map<std::int32_t, std::set<std::int32_t>> lived;
  for (const auto& [id, first] : oracle::Components(now)) lived[first].insert(id);
  std::set<std::int32_t> stays;
  for (const auto& [first, ids] : lived) {
    bool is_over = input.rules.size_limit > 0 && ids.size() > input.rules.size_limit;
    for (std::uint32_t kind = 0; kind < input.kinds.size(); ++kind) {
      const std::int64_t most = input.kinds[kind].person_limit;
      is_over |= most > 0 && count_of(ids, kind) > most;
    }
    if (!is_over ||
        std::any_of(ids.begin(), ids.end(), [&](auto id) { return held.contains(id); })) {
      stays.insert(ids.begin(), ids.end());
    }
  }
  const auto fits = [&](std::size_t i) {
    const auto &left = person[links[i].a], &right = person[links[i].b];
    for (std::uint32_t kind = 0; kind < input.kinds.size(); ++kind) {
      const std::int64_t most = input.kinds[kind].person_limit;
      const auto of_left = count_of(left, kind), of_right = count_of(right, kind);
      if (most == 0 || of_left == 0 || of_right == 0 || of_left + of_right <= most) continue;
      reasons[i] = Reason::kTooMany;
      of_kind[i] = kind;
      return false;
    }
    if (input.rules.size_limit == 0 || left.size() + right.size() <= input.rules.size_limit) {
      return true;
    }
    reasons[i] = Reason::kTooLarge;
    return false;
  };
  for (const auto& turn : order) {
    const std::size_t i = std::get<4>(turn);
    const Link& link = links[i];
    if (person[link.a] == person[link.b]) continue;
    if (link.is_together || (link.was == Standing::kActive && stays.contains(link.a)) || fits(i))
      unite(link);
  }
  Outcome outcome;
  for (const auto& [id, status] : guard) {
    outcome.status[id] = held.contains(id) ? Status::kActive : status;
    if (outcome.status[id] == Status::kActive) outcome.person[id] = *person[id].begin();
  }
  for (std::size_t i = 0; i < links.size(); ++i) {
    // What is told is what would be if both were one now.
    if (reasons[i] == Reason::kTooMany || reasons[i] == Reason::kTooLarge) {
      reasons[i] = Reason::kNone;
      of_kind[i] = GuardedGraph::kNone;
      if (person[links[i].a] != person[links[i].b]) fits(i);
    }
    outcome.links.insert({{links[i].a, links[i].b}, links[i].weight, reasons[i], of_kind[i]});
  }
  return outcome;
}

Input MadeUp(std::uint32_t seed) {
  std::mt19937 dice(seed);
  const auto roll = [&dice](std::uint32_t sides) {
    return static_cast<std::uint32_t>(dice() % sides);
  };
  Input input;
  const std::uint32_t kinds = 1 + roll(4);
  for (std::uint32_t k = 0; k < kinds; ++k) {
    const auto perhaps = [&](std::uint32_t n) { return roll(2) == 0 ? 0 : 1 + roll(n); };
    input.kinds.push_back({static_cast<std::int32_t>(10 * k + roll(2) * 5), perhaps(4), perhaps(5),
                           perhaps(3), perhaps(60)});
  }
  const std::uint32_t count = 1 + roll(40);
  for (std::uint32_t n = 0; n < count; ++n) {
    Node node;
    node.id = static_cast<std::int32_t>(seed % 2 == 0 ? 3 + 2 * n : 1 + n * 50'000'000);
    node.kind = roll(kinds);
    node.mark = roll(8) == 0 ? static_cast<Mark>(roll(4)) : Mark::kOpen;
    input.nodes.push_back(node);
  }
  std::shuffle(input.nodes.begin(), input.nodes.end(), dice);
  const std::uint32_t links = roll(3 * count);
  for (std::uint32_t n = 0; n < links; ++n) {
    Link link;
    link.a = input.nodes[roll(count)].id;
    link.b = roll(30) == 0 ? 2 : input.nodes[roll(1 + roll(count))].id;
    link.weight = roll(4) / 4.0 + n / 1e6;  // no two the same
    link.first_seen = roll(20);
    link.last_seen = link.first_seen + roll(80);
    link.was = static_cast<Standing>(roll(2) * roll(5));
    link.is_together = roll(20) == 0;
    input.links.push_back(link);
  }
  input.rules = {roll(3) / 4.0, roll(3) == 0 ? 2 + roll(6) : 0, 100};
  return input;
}

TEST(GuardedGraph, AsDefined) {
  std::map<Reason, int> seen;
  for (std::uint32_t seed = 0; seed < 1000; ++seed) {
    const Input input = MadeUp(seed);
    const Outcome outcome = Resolved(input);
    ASSERT_EQ(outcome, Slow(input)) << "seed " << seed;
    for (const auto& link : outcome.links) ++seen[std::get<2>(link)];
  }
  for (const Reason reason : {Reason::kNone, Reason::kWeak, Reason::kBlocked, Reason::kShared,
                              Reason::kTooMany, Reason::kTooLarge}) {
    EXPECT_GT(seen[reason], 100) << static_cast<int>(reason);
  }
}

TEST(GuardedGraph, TheOrderOfRowsMeansNothing) {
  std::mt19937 dice(7);
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    Input input = MadeUp(seed);
    const Outcome outcome = Resolved(input);
    std::shuffle(input.nodes.begin(), input.nodes.end(), dice);
    std::shuffle(input.links.begin(), input.links.end(), dice);
    ASSERT_EQ(Resolved(input), outcome) << "seed " << seed;
  }
}

TEST(GuardedGraph, WhatWasAcceptedStays) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    Input input = MadeUp(seed);
    const Outcome outcome = Resolved(input);
    for (Link& link : input.links) {
      const auto [a, b] = std::minmax(link.a, link.b);
      const bool is_accepted =
          outcome.links.contains({{a, b}, link.weight, Reason::kNone, GuardedGraph::kNone});
      link.was = is_accepted ? Standing::kActive : Standing::kLimited;
    }
    ASSERT_EQ(Resolved(input), outcome) << "seed " << seed;
  }
}

TEST(GuardedGraph, OtherRulesUponTheSameLinks) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    Input input = MadeUp(seed);
    GuardedGraph graph = Filled(input);
    graph.Resolve(input.rules);
    input.rules = {0.5, 3, 50};
    graph.Resolve(input.rules);
    ASSERT_EQ(OutcomeOf(graph), Slow(input)) << "seed " << seed;
  }
}

TEST(GuardedGraph, ComparedWithWhatIsStored) {
  std::mt19937 dice(3);
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    Input input = MadeUp(seed);
    // Owners of every kind: as found, or given out at random.
    const Outcome found = Resolved(input);
    for (Node& node : input.nodes) {
      const auto at = found.person.find(node.id);
      if (seed % 3 > 0 && at != found.person.end()) node.owner = at->second;
      if (seed % 3 != 1 && dice() % 4 == 0) node.owner = dice() % 6;
    }
    GuardedGraph graph = Filled(input);
    graph.Resolve(input.rules);
    const auto comparison = graph.Compare();
    std::map<std::uint32_t, std::set<std::int32_t>> before;
    std::map<std::int32_t, std::set<std::int32_t>> after;
    std::set<std::pair<std::uint32_t, std::int32_t>> parts;
    std::set<std::uint32_t> owners_left;
    std::set<std::int32_t> persons_owned;
    for (const Node& node : input.nodes) {
      if (node.owner != GuardedGraph::kNobody) before[node.owner].insert(node.id);
      const auto at = found.person.find(node.id);
      if (at == found.person.end()) continue;
      after[at->second].insert(node.id);
      if (node.owner == GuardedGraph::kNobody) continue;
      parts.insert({node.owner, at->second});
      owners_left.insert(node.owner);
      persons_owned.insert(at->second);
    }
    const auto check = [](const GuardedGraph::Totals& totals, const auto& groups) {
      std::uint64_t identifiers = 0;
      std::uint64_t largest = 0;
      for (const auto& [group, members] : groups) {
        identifiers += members.size();
        largest = std::max<std::uint64_t>(largest, members.size());
      }
      EXPECT_EQ(totals.persons, groups.size());
      EXPECT_EQ(totals.identifiers, identifiers);
      EXPECT_EQ(totals.largest, largest);
    };
    check(comparison.before, before);
    check(comparison.after, after);
    EXPECT_EQ(comparison.splits, parts.size() - owners_left.size());
    EXPECT_EQ(comparison.merges, parts.size() - persons_owned.size());
    for (std::size_t n = 0; n < graph.nodes().size(); ++n) {
      const Node& node = graph.nodes()[n];
      const std::set<std::int32_t> was =
          node.owner == 0 ? std::set<std::int32_t>{} : before[node.owner];
      const auto at = found.person.find(node.id);
      const std::set<std::int32_t> is =
          at == found.person.end() ? std::set<std::int32_t>{} : after[at->second];
      ASSERT_EQ(comparison.changed[n], was != is) << "seed " << seed << ", " << node.id;
    }
  }
}

TEST(GuardedGraph, NothingAtAll) {
  GuardedGraph graph(std::pmr::new_delete_resource());
  graph.Resolve({});
  EXPECT_TRUE(graph.nodes().empty());
  EXPECT_EQ(graph.Compare().after.persons, 0u);
}

// A chain of many of one type is cut where the limit says, and large sets count as small ones do.
TEST(GuardedGraph, LargePersons) {
  for (const std::uint32_t most : {3u, 33u, 100u}) {
    GuardedGraph graph(std::pmr::new_delete_resource());
    graph.AddKind({.rank = 1, .person_limit = most});
    graph.AddKind({.rank = 2});
    for (std::int32_t n = 1; n <= 1000; ++n) {
      graph.AddNode({.id = n, .kind = n % 2 == 0 ? 0u : 1u});
      graph.AddLink({.a = n, .b = n - 1, .first_seen = n});
    }
    graph.Resolve({});
    const auto totals = graph.Compare().after;
    EXPECT_EQ(totals.largest, 2 * most + 1);
    EXPECT_EQ(totals.persons, (500 + most - 1) / most);
  }
}

// Every pass over nodes or links hears of a wish to end.
TEST(GuardedGraph, EveryStepPolls) {
  GuardedGraph graph(std::pmr::new_delete_resource());
  graph.AddKind({.rank = 1});
  constexpr std::int32_t kNodes = 150000;
  for (std::int32_t n = 1; n <= kNodes; ++n) {
    graph.AddNode({.id = n, .owner = static_cast<std::uint32_t>(n)});
    graph.AddLink({.a = n, .b = n - 1, .was = GuardedGraph::Standing::kLimited});
  }
  static int polls;
  polls = 0;
  stop_hook = [] { ++polls; };
  graph.Resolve({});
  // Arranging, judging before and after who is shared, and uniting: seven passes over links or
  // nodes.
  EXPECT_GE(std::exchange(polls, 0), 7 * (kNodes >> 16));
  graph.Compare();
  EXPECT_GE(polls, 2 * (kNodes >> 16));
  stop_hook = nullptr;
}

}  // namespace
}  // namespace cdp::identity
