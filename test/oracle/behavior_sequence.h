/// Sequence patterns by their definition: every choice of events is tried.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "oracle/behavior.h"

namespace cdp::oracle {

/// A part of a pattern.
struct Part {
  enum Kind { kCondition, kAny, kStar, kTime, kWindow } kind;
  int condition = 0;      ///< kCondition, from 1
  std::string op;         ///< kTime, kWindow
  std::int64_t time = 0;  ///< in microseconds
};

inline std::string TextOf(const std::vector<Part>& parts) {
  std::string text;
  for (const Part& part : parts) {
    switch (part.kind) {
      case Part::kCondition:
        text += "(?" + std::to_string(part.condition) + ")";
        break;
      case Part::kAny:
        text += ".";
        break;
      case Part::kStar:
        text += ".*";
        break;
      case Part::kTime:
        text += "(?t" + part.op + std::to_string(part.time) + "us)";
        break;
      case Part::kWindow:
        text += "(?w" + part.op + std::to_string(part.time) + "us)";
        break;
    }
  }
  return text;
}

inline bool Compare(std::int64_t a, const std::string& op, std::int64_t b) {
  if (op == "<=") return a <= b;
  if (op == "<") return a < b;
  if (op == ">=") return a >= b;
  if (op == ">") return a > b;
  return op == "==" ? a == b : a != b;
}

class Sequence {
 public:
  Sequence(std::vector<Part> parts, std::vector<Row> rows) : parts_(std::move(parts)) {
    for (const Row& row : rows) {
      if (row.fills != 0) rows_.push_back(row);
    }
    std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
      return std::pair(a.at, a.fills) < std::pair(b.at, b.fills);
    });
    // A pattern that consumes nothing, or ends in a time condition, has "." behind it.
    bool open = true;
    for (const Part& part : parts_) {
      if (part.kind == Part::kCondition || part.kind == Part::kAny) open = false;
      if (part.kind == Part::kTime) open = true;
    }
    if (open) parts_.push_back({Part::kAny, 0, {}, 0});
  }

  std::int64_t Count() {
    std::int64_t count = 0;
    for (from_ = 0; from_ < rows_.size(); ++count) {
      best_.clear();
      std::vector<std::size_t> chain;
      Try(0, &chain);
      if (best_.empty()) break;
      from_ = best_.back() + 1;
    }
    return count;
  }

  /// Times of the events of conditions in the first match.
  std::vector<std::int64_t> Events() {
    from_ = 0;
    best_.clear();
    std::vector<std::size_t> chain;
    Try(0, &chain);
    std::vector<std::int64_t> times;
    std::size_t next = 0;
    for (const Part& part : parts_) {
      if (best_.empty() || (part.kind != Part::kCondition && part.kind != Part::kAny)) continue;
      if (part.kind == Part::kCondition) times.push_back(rows_[best_[next]].at);
      ++next;
    }
    return times;
  }

 private:
  /// Goes on with the part at `part`, the events of those before chosen.
  void Try(std::size_t part, std::vector<std::size_t>* chain) {
    bool adjacent = !chain->empty();
    std::vector<const Part*> times;
    for (; part < parts_.size(); ++part) {
      if (parts_[part].kind == Part::kCondition || parts_[part].kind == Part::kAny) break;
      if (parts_[part].kind == Part::kWindow) continue;
      adjacent = false;
      if (parts_[part].kind == Part::kTime) times.push_back(&parts_[part]);
    }
    if (part == parts_.size()) {
      Judge(*chain);
      return;
    }
    const std::size_t first = chain->empty() ? from_ : chain->back() + 1;
    for (std::size_t i = first; i < rows_.size() && (i == first || !adjacent); ++i) {
      if (parts_[part].kind == Part::kCondition &&
          (rows_[i].fills >> (parts_[part].condition - 1) & 1) == 0) {
        continue;
      }
      if (!std::all_of(times.begin(), times.end(), [&](const Part* time) {
            return Compare(rows_[i].at - rows_[chain->back()].at, time->op, time->time);
          })) {
        continue;
      }
      chain->push_back(i);
      Try(part + 1, chain);
      chain->pop_back();
    }
  }

  /// Ends first; of these its first event is the first, then its second, and so on.
  void Judge(const std::vector<std::size_t>& chain) {
    for (const Part& part : parts_) {
      if (part.kind == Part::kWindow &&
          !Compare(rows_[chain.back()].at - rows_[chain.front()].at, part.op, part.time)) {
        return;
      }
    }
    if (best_.empty() || chain.back() < best_.back() ||
        (chain.back() == best_.back() && chain < best_)) {
      best_ = chain;
    }
  }

  std::vector<Part> parts_;
  std::vector<Row> rows_;
  std::size_t from_ = 0;
  std::vector<std::size_t> best_;
};

}  // namespace cdp::oracle
