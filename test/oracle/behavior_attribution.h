/// Attribution said slowly: for every conversion all events are looked at, and shares are dealt out
/// unit by unit.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "oracle/timeline.h"

namespace cdp::oracle {

struct AttributionRule {
  std::set<std::int32_t> targets;
  std::set<std::int32_t> touches;
  std::uint64_t window;
  std::string model;
  int property;
  std::optional<std::int32_t> direct;
  double half_life;
};

struct EarnedCredit {
  std::int64_t converted;
  std::optional<std::int64_t> touched;
  std::optional<std::int32_t> key;
  std::int64_t credit;

  friend bool operator==(const EarnedCredit&, const EarnedCredit&) = default;
};

/// Shares of a value by largest remainder: floors, then one unit after the other to who is owed
/// most.
inline std::vector<std::int64_t> Shares(std::int64_t value, const std::vector<double>& weights) {
  __int128 sum = 0;
  for (const double weight : weights) sum += static_cast<__int128>(weight);
  const __int128 amount = value < 0 ? -static_cast<__int128>(value) : value;
  std::vector<__int128> shares;
  __int128 given = 0;
  for (const double weight : weights) {
    shares.push_back(amount * static_cast<__int128>(weight) / sum);
    given += shares.back();
  }
  std::set<std::size_t> raised;
  for (; given < amount; ++given) {
    std::size_t best = weights.size();
    __int128 most = -1;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const __int128 owed = amount * static_cast<__int128>(weights[i]) % sum;
      if (raised.count(i) == 0 && owed > most) {
        most = owed;
        best = i;
      }
    }
    raised.insert(best);
    ++shares[best];
  }
  std::vector<std::int64_t> signed_shares;
  for (const __int128 share : shares) {
    signed_shares.push_back(static_cast<std::int64_t>(value < 0 ? -share : share));
  }
  return signed_shares;
}

inline std::vector<EarnedCredit> Attribute(const Events& sorted, const AttributionRule& rule) {
  std::vector<EarnedCredit> credits;
  for (std::size_t c = 0; c < sorted.size(); ++c) {
    const TimelineEvent& conversion = sorted[c];
    if (rule.targets.count(conversion.code) == 0) continue;
    const std::int64_t value = conversion.value.value_or(0);
    struct Touch {
      std::int64_t at;
      std::optional<std::int32_t> key;
    };
    std::vector<Touch> touches;
    for (std::size_t t = 0; t < sorted.size(); ++t) {
      const TimelineEvent& event = sorted[t];
      const __int128 before = static_cast<__int128>(conversion.at) - event.at;
      if (t == c || rule.touches.count(event.code) == 0 || before < 0 || before > rule.window) {
        continue;
      }
      touches.push_back({event.at, rule.property == 0 ? std::optional(event.code)
                                                      : event.properties[rule.property - 1]});
    }
    const auto give = [&](std::size_t i, std::int64_t credit) {
      credits.push_back({conversion.at, touches[i].at, touches[i].key, credit});
    };
    const std::size_t n = touches.size();
    if (n == 0) {
      credits.push_back({conversion.at, {}, {}, value});
    } else if (rule.model == "first") {
      give(0, value);
    } else if (rule.model == "last") {
      give(n - 1, value);
    } else if (rule.model == "last_non_direct") {
      std::size_t chosen = n - 1;
      for (std::size_t i = 0; i < n; ++i) {
        if (touches[i].key.value_or(0) != rule.direct) chosen = i;
      }
      give(chosen, value);
    } else if (rule.model == "participation") {
      for (std::size_t i = 0; i < n; ++i) {
        bool again = false;
        for (std::size_t j = i + 1; j < n; ++j) again = again || touches[j].key == touches[i].key;
        if (!again) give(i, value);
      }
    } else {
      std::vector<double> weights(n, 1);
      if (rule.model == "position" && n == 2) weights = {1, 1};
      if (rule.model == "position" && n > 2) {
        // In units of a fifth of what each between gets: 20 % are n - 2 of them.
        weights.front() = weights.back() = 40.0 * static_cast<double>(n - 2) / 20.0;
      }
      if (rule.model == "time_decay") {
        for (std::size_t i = 0; i < n; ++i) {
          const double age = static_cast<double>(touches[n - 1].at - touches[i].at);
          weights[i] = std::floor(std::exp2(30 - age / rule.half_life));
        }
      }
      const auto shares = Shares(value, weights);
      for (std::size_t i = 0; i < n; ++i) give(i, shares[i]);
    }
  }
  return credits;
}

}  // namespace cdp::oracle
