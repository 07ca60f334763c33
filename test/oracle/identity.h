/// Connected components by flooding: the plain definition.
#pragma once

#include <cstdint>
#include <map>
#include <queue>
#include <set>
#include <utility>
#include <vector>

namespace cdp::oracle {

/// Every node that occurs in a link, with the smallest node reachable from it.
inline std::map<std::int64_t, std::int64_t> Components(
    const std::vector<std::pair<std::int64_t, std::int64_t>>& links) {
  std::map<std::int64_t, std::set<std::int64_t>> neighbours;
  for (const auto& [a, b] : links) {
    neighbours[a].insert(b);
    neighbours[b].insert(a);
  }
  std::map<std::int64_t, std::int64_t> component;
  // Ascending, so the first node that reaches another is the smallest that does.
  for (const auto& [start, unused] : neighbours) {
    if (!component.emplace(start, start).second) continue;
    std::queue<std::int64_t> wave({start});
    for (; !wave.empty(); wave.pop()) {
      for (const std::int64_t next : neighbours[wave.front()]) {
        if (component.emplace(next, start).second) wave.push(next);
      }
    }
  }
  return component;
}

}  // namespace cdp::oracle
