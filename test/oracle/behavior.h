/// Funnels and retention by their definitions: every choice of rows is tried.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace cdp::oracle {

struct Row {
  std::int64_t at;
  std::uint64_t fills;  ///< bit i: step i + 1
};

/// The largest k such that rows r1..rk exist with ri filling step i,
/// t(r1) <= ... <= t(rk) <= t(r1) + window, or < between steps when `strictly`.
class Funnel {
 public:
  Funnel(std::vector<Row> rows, int steps, std::uint64_t window, bool strictly)
      : rows_(std::move(rows)), steps_(steps), window_(window), strictly_(strictly) {}

  int Depth() const {
    int best = 0;
    for (const Row& first : rows_) {
      if ((first.fills & 1) != 0) best = std::max(best, 1 + Further(1, first.at, first.at));
    }
    return best;
  }

 private:
  int Further(int step, std::int64_t start, std::int64_t last) const {
    if (step == steps_) return 0;
    int best = 0;
    for (const Row& row : rows_) {
      if ((row.fills >> step & 1) == 0) continue;
      if (strictly_ ? row.at <= last : row.at < last) continue;
      if (static_cast<__int128>(row.at) - start > static_cast<__int128>(window_)) continue;
      best = std::max(best, 1 + Further(step + 1, start, row.at));
    }
    return best;
  }

  std::vector<Row> rows_;
  int steps_;
  std::uint64_t window_;
  bool strictly_;
};

/// strict_order and strict_deduplication: the rules, one visit after the other. A row is visited
/// once for each step it fills, and as step 0 when it fills none; visits go by (time, step).
inline int StrictDepth(const std::vector<Row>& rows, int steps, std::uint64_t window, bool order,
                       bool deduplicate, bool increase) {
  std::vector<std::pair<std::int64_t, int>> visits;
  for (const Row& row : rows) {
    bool foreign = true;
    for (int step = 1; step <= steps; ++step) {
      if ((row.fills >> (step - 1) & 1) == 0) continue;
      visits.emplace_back(row.at, step);
      foreign = false;
    }
    if (foreign) visits.emplace_back(row.at, 0);
  }
  std::sort(visits.begin(), visits.end());

  struct Reached {
    std::int64_t at;
    std::int64_t start;
  };
  std::map<int, std::vector<Reached>> reached;  // every time a step was reached, in order
  for (const auto& [at, step] : visits) {
    const bool begun = reached.count(1) != 0;
    if (step == 1) {
      reached[1].push_back({at, at});
      continue;
    }
    if (step == 0) {
      if (order && begun) break;
      continue;
    }
    if (deduplicate && reached.count(step) != 0) break;
    if (reached.count(step - 1) == 0) {
      if (order && begun) break;
      continue;
    }
    const std::vector<Reached>& before = reached[step - 1];
    for (auto chain = before.rbegin(); chain != before.rend(); ++chain) {
      if (increase && chain->at >= at) continue;
      if (static_cast<__int128>(at) - chain->start <= static_cast<__int128>(window)) {
        reached[step].push_back({at, chain->start});
      }
      break;
    }
  }
  return reached.empty() ? 0 : reached.rbegin()->first;
}

/// r[1] = any row fills the first; r[i] = any row fills the first and any row fills i.
inline std::vector<int> Retained(const std::vector<std::vector<bool>>& rows,
                                 std::size_t conditions) {
  const auto any = [&rows](std::size_t i) {
    return std::any_of(rows.begin(), rows.end(), [i](const auto& row) { return row[i]; });
  };
  std::vector<int> answer;
  for (std::size_t i = 0; i < conditions; ++i) answer.push_back(any(0) && any(i) ? 1 : 0);
  return answer;
}

}  // namespace cdp::oracle
