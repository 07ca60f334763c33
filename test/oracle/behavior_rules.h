/// Funnels with rules by their definition: every choice of rows is tried.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "oracle/behavior.h"

namespace cdp::oracle {

enum class Entry { kLatest, kFirst, kEvery };

struct RuleRow {
  std::int64_t at;
  std::uint64_t fills;     ///< bit i: step i + 1
  std::uint64_t excludes;  ///< bit i: meets exclusion i
};

struct Rules {
  int steps;
  std::function<std::int64_t(std::int64_t)> last_instant;  ///< of the window that begins there
  StrictMode mode;
  Entry entry = Entry::kLatest;
  std::vector<std::pair<int, int>> exclusions;
  std::vector<std::uint64_t> step_windows;  ///< empty: none
};

using Chain = std::vector<std::int64_t>;

/// The longest chain; of those the one that ends first, then begins last, then takes each step in
/// between as early as can be.
inline bool ChainWins(const Chain& a, const Chain& b) {
  if (a.size() != b.size()) return a.size() > b.size();
  if (a.empty()) return false;
  if (a.back() != b.back()) return a.back() < b.back();
  if (a.front() != b.front()) return a.front() > b.front();
  return a < b;
}

/// One attempt: of rows from which chains may begin anywhere, or at one instant only.
class RuleAttempt {
 public:
  RuleAttempt(const std::vector<RuleRow>& rows, const Rules& rules,
              std::optional<std::int64_t> anchor)
      : rows_(rows), rules_(rules), anchor_(anchor), visited_(rows.size(), 0) {
    if (rules.mode.order || rules.mode.deduplicate) {
      VisitAll();
    } else {
      for (std::size_t i = 0; i < rows.size(); ++i) visited_[i] = rows[i].fills;
    }
    best_ = {};
    end_ = std::numeric_limits<std::int64_t>::min();
    ForEachChain([&](const Chain& chain) {
      end_ = std::max(end_, GoesOnUntil(chain));
      if (ChainWins(chain, best_)) best_ = chain;
    });
    if (stopped_) end_ = std::min(end_, *stopped_);
    if (static_cast<int>(best_.size()) == rules.steps) end_ = best_.back();
  }

  const Chain& chain() const { return best_; }
  /// The last instant at which something could still happen to it.
  std::int64_t end() const { return end_; }

 private:
  /// Events in the order of the strict modes, until one of them ends the attempt.
  void VisitAll() {
    std::map<std::pair<std::int64_t, int>, std::vector<std::size_t>> visits;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].fills == 0) visits[{rows_[i].at, 0}].push_back(i);
      for (int step = 1; step <= rules_.steps; ++step) {
        if ((rows_[i].fills >> (step - 1) & 1) != 0) visits[{rows_[i].at, step}].push_back(i);
      }
    }
    int depth = 0;
    for (const auto& [key, who] : visits) {
      if (!Visit(key.second, who, &depth)) continue;
      stopped_ = key.first;
      return;
    }
  }

  bool Visit(int step, const std::vector<std::size_t>& who, int* depth) {
    const StrictMode mode = rules_.mode;
    if (step == 0) return mode.order && *depth > 0;
    if (mode.deduplicate && step > 1 && *depth >= step) return true;
    if (step > 1 && *depth < step - 1) return mode.order && *depth > 0 && !mode.reentry;
    for (const std::size_t row : who) visited_[row] |= std::uint64_t{1} << (step - 1);
    ForEachChain(
        [&](const Chain& chain) { *depth = std::max(*depth, static_cast<int>(chain.size())); });
    return mode.deduplicate && step > 1 && who.size() > 1 && *depth >= step;
  }

  template <class Use>
  void ForEachChain(Use&& use) const {
    Chain chain;
    Extend(&chain, 0, use);
  }

  template <class Use>
  void Extend(Chain* chain, std::uint32_t used, Use&& use) const {
    if (!chain->empty()) use(*chain);
    if (static_cast<int>(chain->size()) == rules_.steps) return;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if ((visited_[i] >> chain->size() & 1) == 0) continue;
      if (rules_.mode.once && (used >> i & 1) != 0) continue;
      const std::int64_t at = rows_[i].at;
      if (chain->empty()) {
        if (anchor_ && at != *anchor_) continue;
      } else {
        if (rules_.mode.increase ? at <= chain->back() : at < chain->back()) continue;
        if (at > GoesOnUntil(*chain)) continue;
      }
      chain->push_back(at);
      Extend(chain, used | 1u << i, use);
      chain->pop_back();
    }
  }

  /// The last instant at which an event may follow the chain.
  std::int64_t GoesOnUntil(const Chain& chain) const {
    std::int64_t until = rules_.last_instant(chain.front());
    const int level = static_cast<int>(chain.size());
    if (!rules_.step_windows.empty() && level < rules_.steps) {
      const std::uint64_t most = rules_.step_windows[chain.size() - 1];
      if (most < std::uint64_t{1} << 62) {
        until = std::min(until, chain.back() + static_cast<std::int64_t>(most));
      }
    }
    for (std::size_t e = 0; e < rules_.exclusions.size(); ++e) {
      const auto [from, to] = rules_.exclusions[e];
      if (level < from || level >= to) continue;
      for (const RuleRow& row : rows_) {
        if ((row.excludes >> e & 1) == 0) continue;
        if (row.at > chain[static_cast<std::size_t>(from - 1)]) until = std::min(until, row.at);
      }
    }
    return until;
  }

  const std::vector<RuleRow>& rows_;
  const Rules& rules_;
  std::optional<std::int64_t> anchor_;
  std::vector<std::uint64_t> visited_;
  std::optional<std::int64_t> stopped_;
  Chain best_;
  std::int64_t end_;
};

/// The chains of all attempts, in order; without a first step none.
inline std::vector<Chain> RuleAttempts(std::vector<RuleRow> rows, const Rules& rules) {
  std::vector<Chain> chains;
  if (rules.entry == Entry::kLatest) {
    const RuleAttempt attempt(rows, rules, std::nullopt);
    if (!attempt.chain().empty()) chains.push_back(attempt.chain());
    return chains;
  }
  while (true) {
    std::optional<std::int64_t> anchor;
    for (const RuleRow& row : rows) {
      if ((row.fills & 1) != 0 && (!anchor || row.at < *anchor)) anchor = row.at;
    }
    if (!anchor) return chains;
    const RuleAttempt attempt(rows, rules, anchor);
    chains.push_back(attempt.chain());
    if (rules.entry == Entry::kFirst) return chains;
    std::erase_if(rows, [&](const RuleRow& row) { return row.at <= attempt.end(); });
  }
}

/// The deepest of some chains; of these the one that ends first, and so on.
inline Chain BestChain(const std::vector<Chain>& chains) {
  Chain best;
  for (const Chain& chain : chains) {
    if (ChainWins(chain, best)) best = chain;
  }
  return best;
}

}  // namespace cdp::oracle
