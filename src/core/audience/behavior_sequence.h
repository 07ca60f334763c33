/// Sequences of rules: A then B then not C, the last within a time of the first.
///
/// A match is a list of events of one person, one for each item that happens, in their total order
/// and each once, the first of them in the window of the rule and the last no later than `within`
/// after it. Between two of them lies no event of the items that stand between their items as
/// absent. Of items that are absent at the end there is no event behind the last one until `within`
/// has passed since the first; it has passed when now is later than that.
#pragma once

#include <memory_resource>
#include <vector>

#include "core/timeline/timeline_walk.h"

namespace cdp::audience {

/// What happens in which order; items are bits of a mask, so there are at most 64.
struct SequenceItems {
  std::vector<std::uint64_t> present;  ///< one item each
  std::vector<std::uint64_t> absent;   ///< behind each of these: none, one or several

  bool ends_absent() const { return absent.back() != 0; }
};

/// How far a person has come.
class SequenceState {
 public:
  explicit SequenceState(std::pmr::memory_resource* memory) : starts_(memory) {}

  /// Before the first event of a person.
  void Reset() {
    starts_.clear();
    matched_ = false;
  }

 private:
  friend class SequenceRule;

  /// A first event and, bit by bit, the items with which a list from it may end by now.
  struct Start {
    Micros at;
    std::uint64_t ends;
  };
  std::pmr::vector<Start> starts_;  ///< ascending
  bool matched_ = false;
  StopTicker ticker_;
};

class SequenceRule {
 public:
  /// Lists begin in `window`; `now` is when the rule is asked.
  SequenceRule(SequenceItems items, std::int64_t within, timeline::Period window, Micros now);

  /// The next event of a person: `mask` says for which items it would do.
  void Feed(Micros at, std::uint64_t mask, SequenceState* state) const;

  /// Is there a match, now that all events are known?
  bool Matches(const SequenceState& state) const;

  /// Matched already: more events change nothing.
  bool IsDecided(const SequenceState& state) const { return state.matched_; }
  /// May an event continue something, and not only begin it?
  bool IsUnderWay(const SequenceState& state) const { return !state.starts_.empty(); }

 private:
  std::uint64_t Bits(const std::vector<std::uint64_t>& items, std::uint64_t mask) const;

  SequenceItems items_;
  std::uint64_t within_;
  timeline::Period window_;
  std::uint64_t last_;  ///< of Start::ends: all items that happen have happened
};

}  // namespace cdp::audience
