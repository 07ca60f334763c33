/// Connected components by flooding: the plain definition.
#pragma once

#include <map>
#include <queue>
#include <set>
#include <utility>
#include <vector>

namespace cdp::oracle {

/// Every node that occurs in a link, with the smallest node reachable from it.
template <class Node>
std::map<Node, Node> Components(const std::vector<std::pair<Node, Node>>& links) {
  std::map<Node, std::set<Node>> neighbours;
  for (const auto& [a, b] : links) {
    neighbours[a].insert(b);
    neighbours[b].insert(a);
  }
  std::map<Node, Node> component;
  // Ascending, so the first node that reaches another is the smallest that does.
  for (const auto& [start, unused] : neighbours) {
    if (!component.emplace(start, start).second) continue;
    std::queue<Node> wave({start});
    for (; !wave.empty(); wave.pop()) {
      for (const Node& next : neighbours[wave.front()]) {
        if (component.emplace(next, start).second) wave.push(next);
      }
    }
  }
  return component;
}

}  // namespace cdp::oracle
