/// Funnels and retention by their definitions: every choice of rows is tried.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace cdp::oracle {

struct Row {
  std::int64_t at;
  std::uint64_t fills;  ///< bit i: step i + 1
};

/// What a chain must be beside filling its steps in order of time within the window.
struct ChainRule {
  bool strictly = false;  ///< each row later than the one before
  bool distinct = false;  ///< no row twice
};

/// The largest k such that rows r1..rk exist with ri filling step i,
/// t(r1) <= ... <= t(rk) <= t(r1) + window, and what the rule says; and of all such chains of the
/// largest k the winning one: the earliest end, then the latest start, then each step in between as
/// early as can be.
class Funnel {
 public:
  Funnel(std::vector<Row> rows, int steps, std::uint64_t window, ChainRule rule)
      : rows_(std::move(rows)), steps_(steps), window_(window), rule_(rule) {
    std::vector<std::int64_t> times;
    Extend(&times, 0);
  }

  int Depth() const { return static_cast<int>(best_.size()); }
  const std::vector<std::int64_t>& Chain() const { return best_; }

 private:
  void Extend(std::vector<std::int64_t>* times, std::uint32_t used) {
    if (Wins(*times)) best_ = *times;
    const std::size_t step = times->size();
    if (step == static_cast<std::size_t>(steps_)) return;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const Row& row = rows_[i];
      if ((row.fills >> step & 1) == 0) continue;
      if (rule_.distinct && (used >> i & 1) != 0) continue;
      if (step > 0) {
        if (rule_.strictly ? row.at <= times->back() : row.at < times->back()) continue;
        if (static_cast<__int128>(row.at) - times->front() > static_cast<__int128>(window_)) {
          continue;
        }
      }
      times->push_back(row.at);
      Extend(times, used | 1u << i);
      times->pop_back();
    }
  }

  bool Wins(const std::vector<std::int64_t>& times) const {
    if (times.size() != best_.size()) return times.size() > best_.size();
    if (times.empty()) return false;
    if (times.back() != best_.back()) return times.back() < best_.back();
    if (times.front() != best_.front()) return times.front() > best_.front();
    return times < best_;
  }

  std::vector<Row> rows_;
  int steps_;
  std::uint64_t window_;
  ChainRule rule_;
  std::vector<std::int64_t> best_;
};

struct StrictMode {
  bool order = false;
  bool deduplicate = false;
  bool increase = false;
  bool once = false;
  bool reentry = false;
};

/// strict_order, strict_deduplication, allow_reentry: the rules, one visit after the other. A row
/// is visited once for each step it fills, and as step 0 when it fills none; visits go by (time,
/// step). Every chain that can be made of the visits so far is kept, with the rows in it.
class StrictFunnel {
 public:
  StrictFunnel(const std::vector<Row>& rows, int steps, std::uint64_t window, StrictMode mode)
      : window_(window), mode_(mode) {
    std::map<std::pair<std::int64_t, int>, std::vector<std::size_t>> visits;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      bool foreign = true;
      for (int step = 1; step <= steps; ++step) {
        if ((rows[i].fills >> (step - 1) & 1) == 0) continue;
        visits[{rows[i].at, step}].push_back(i);
        foreign = false;
      }
      if (foreign) visits[{rows[i].at, 0}].push_back(i);
      visited_.push_back({rows[i].at, 0});
    }
    for (const auto& [key, who] : visits) {
      if (Stops(key.first, key.second, who)) break;
    }
  }

  int Depth() const { return reached_.empty() ? 0 : reached_.rbegin()->first; }

  /// The winning one of the chains that can be made of what was visited.
  std::vector<std::int64_t> Chain() const {
    return Funnel(visited_, Depth(), window_, {mode_.increase, mode_.once}).Chain();
  }

 private:
  struct Made {
    std::int64_t last;
    std::int64_t start;
    std::uint32_t used;
    auto operator<=>(const Made&) const = default;
  };

  /// Visits the rows `who`, all of one instant and step; true when the funnel ends with them.
  bool Stops(std::int64_t at, int step, const std::vector<std::size_t>& who) {
    const bool begun = reached_.count(1) != 0;
    if (step == 0) return mode_.order && begun;
    if (mode_.deduplicate && step > 1 && reached_.count(step) != 0) return true;
    if (step > 1 && reached_.count(step - 1) == 0) return mode_.order && begun && !mode_.reentry;
    for (const std::size_t row : who) {
      const std::uint32_t bit = 1u << row;
      visited_[row].fills |= std::uint64_t{1} << (step - 1);
      if (step == 1) {
        reached_[1].insert({at, at, mode_.once ? bit : 0});
        continue;
      }
      const std::set<Made> before = reached_[step - 1];
      for (const Made& chain : before) {
        if (mode_.increase && chain.last >= at) continue;
        if (mode_.once && (chain.used & bit) != 0) continue;
        if (static_cast<__int128>(at) - chain.start > static_cast<__int128>(window_)) continue;
        reached_[step].insert({at, chain.start, mode_.once ? chain.used | bit : 0});
      }
    }
    // The second of them found its step taken.
    return mode_.deduplicate && step > 1 && who.size() > 1 && reached_.count(step) != 0;
  }

  std::uint64_t window_;
  StrictMode mode_;
  std::vector<Row> visited_;  ///< the rows with the steps as which they were visited
  std::map<int, std::set<Made>> reached_;
};

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
