/// Tests of rates by their definitions: every table counted, every hypothesis weighed.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace cdp::oracle {

/// How many ways there are to choose k of n.
inline long double Ways(int n, int k) {
  if (k < 0 || k > n) return 0;
  long double ways = 1;
  for (int i = 0; i < k; ++i) ways = ways * (n - i) / (i + 1);
  return ways;
}

/// Fisher's exact test: the chance of every table that is no likelier than this one.
inline double FisherP(int successes_a, int trials_a, int successes_b, int trials_b) {
  const int successes = successes_a + successes_b;
  const auto ways = [&](int a) { return Ways(trials_a, a) * Ways(trials_b, successes - a); };
  const long double mine = ways(successes_a);
  long double rare = 0;
  for (int a = 0; a <= successes; ++a) {
    if (ways(a) <= mine * (1 + 1e-9L)) rare += ways(a);
  }
  return static_cast<double>(rare / Ways(trials_a + trials_b, successes));
}

/// Holm: reject from the smallest on while p <= level / (tests left); the least such level for
/// each.
inline std::vector<double> HolmP(const std::vector<double>& p) {
  std::vector<double> adjusted;
  for (const double one : p) {
    // Every test that is at most this p must pass, each against those that are not before it.
    double level = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      if (p[i] > one) continue;
      const auto before = std::count_if(p.begin(), p.end(), [&](double q) { return q < p[i]; });
      level = std::max(level, p[i] * static_cast<double>(p.size() - before));
    }
    adjusted.push_back(std::min(1.0, level));
  }
  return adjusted;
}

/// Benjamini and Hochberg: reject all up to the greatest p with p <= level * rank / tests.
inline std::vector<double> HochbergP(const std::vector<double>& p) {
  std::vector<double> adjusted;
  for (const double one : p) {
    double level = 1;
    for (const double other : p) {
      if (other < one) continue;
      const auto rank = std::count_if(p.begin(), p.end(), [&](double q) { return q <= other; });
      level = std::min(level, other * static_cast<double>(p.size()) / static_cast<double>(rank));
    }
    adjusted.push_back(level);
  }
  return adjusted;
}

}  // namespace cdp::oracle
