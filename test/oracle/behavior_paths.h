/// Sessions and paths said slowly: every list of positions is looked at by itself.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "oracle/timeline.h"

namespace cdp::oracle {

/// The events of each session, by one comparison with the event before.
inline std::vector<Events> Sessions(const Events& sorted, std::uint64_t gap) {
  std::vector<Events> sessions;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const bool apart = i == 0 || static_cast<__int128>(sorted[i].at) - sorted[i - 1].at > gap;
    if (apart) sessions.emplace_back();
    sessions.back().push_back(sorted[i]);
  }
  return sessions;
}

struct PathRule {
  std::size_t depth;
  std::optional<std::set<std::int32_t>> codes = {};
  std::optional<std::int32_t> start = {};
  std::optional<std::int32_t> end = {};
  bool reverse = false;
  bool collapse = false;
};

using Path = std::vector<std::int32_t>;

inline std::vector<Path> Paths(const Events& sorted, std::uint64_t gap, const PathRule& rule) {
  std::vector<Path> paths;
  for (const Events& session : Sessions(sorted, gap)) {
    Path line;
    for (const auto& event : session) {
      if (!rule.codes || rule.codes->count(event.code) != 0) line.push_back(event.code);
    }
    if (rule.collapse) line.erase(std::unique(line.begin(), line.end()), line.end());
    if (rule.reverse) std::reverse(line.begin(), line.end());
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (rule.start && line[i] != *rule.start) continue;
      Path path;
      bool ended = false;
      for (std::size_t j = i; j < line.size() && path.size() < rule.depth && !ended; ++j) {
        path.push_back(line[j]);
        ended = j > i && rule.end && line[j] == *rule.end;
      }
      const bool wanted = rule.end ? ended : rule.start || path.size() == rule.depth;
      if (wanted) paths.push_back(path);
    }
  }
  return paths;
}

}  // namespace cdp::oracle
