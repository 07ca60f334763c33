/// Intervals between events by their definition: every end looks back at all events before it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace cdp::oracle {

struct Mark {
  std::int64_t at;
  bool begins;
  bool ends;
  std::optional<std::int32_t> held;  ///< when a property is held
};

/// `longest` below zero: any length.
inline std::vector<std::pair<std::int64_t, std::int64_t>> Intervals(std::vector<Mark> marks,
                                                                    bool hold, bool nearest,
                                                                    std::int64_t longest) {
  std::erase_if(marks,
                [hold](const Mark& m) { return (!m.begins && !m.ends) || (hold && !m.held); });
  std::stable_sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) {
    const auto role = [](const Mark& m) { return !m.ends ? 0 : m.begins ? 1 : 2; };
    return std::pair(a.at, role(a)) < std::pair(b.at, role(b));
  });
  const auto same = [hold](const Mark& a, const Mark& b) { return !hold || a.held == b.held; };
  std::vector<std::pair<std::int64_t, std::int64_t>> intervals;
  for (std::size_t end = 0; end < marks.size(); ++end) {
    if (!marks[end].ends) continue;
    std::optional<std::int64_t> begin;
    for (std::size_t i = 0; i < end; ++i) {
      if (!same(marks[i], marks[end])) continue;
      // An end uses up what came before it, and begins the next itself if it does both.
      if (marks[i].ends) begin.reset();
      if (!marks[i].begins || (longest >= 0 && marks[end].at - marks[i].at > longest)) continue;
      if (!begin || nearest) begin = marks[i].at;
    }
    if (begin) intervals.emplace_back(*begin, marks[end].at);
  }
  return intervals;
}

}  // namespace cdp::oracle
