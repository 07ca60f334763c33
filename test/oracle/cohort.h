/// Funnels of groups by their definitions: sets of users and sorted lists of spans.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace cdp::oracle {

struct FunnelVisit {
  std::uint32_t user;
  int level;
  std::vector<std::uint64_t> spans;  ///< from each step to the next, or empty
};

class CohortFunnel {
 public:
  explicit CohortFunnel(std::vector<FunnelVisit> visits) : visits_(std::move(visits)) {}

  int DeepestLevel() const {
    int deepest = 0;
    for (const FunnelVisit& visit : visits_) deepest = std::max(deepest, visit.level);
    return deepest;
  }

  std::set<std::uint32_t> Users(int step) const {
    std::set<std::uint32_t> users;
    for (const FunnelVisit& visit : visits_) {
      if (visit.level >= step) users.insert(visit.user);
    }
    return users;
  }

  /// All spans from step a to step b, ascending.
  std::vector<std::uint64_t> Spans(int a, int b) const {
    std::vector<std::uint64_t> spans;
    for (const FunnelVisit& visit : visits_) {
      if (static_cast<int>(visit.spans.size()) + 1 < b || visit.spans.empty()) continue;
      std::uint64_t span = 0;
      for (int step = a; step < b; ++step) span += visit.spans[static_cast<std::size_t>(step - 1)];
      spans.push_back(span);
    }
    std::sort(spans.begin(), spans.end());
    return spans;
  }

 private:
  std::vector<FunnelVisit> visits_;
};

}  // namespace cdp::oracle
