/// Sequence patterns over stored timelines: a pattern and the codes of its conditions, prepared
/// once and asked many times.
///
/// An event is seen when its code is one of some condition. As for rows, what happens at one
/// instant is ordered by the set of conditions it fills (sequence_match.h), so that a timeline
/// answers what the rows of its events do.
#pragma once

#include <memory_resource>
#include <string_view>
#include <vector>

#include "core/behavior/code_masks.h"
#include "core/behavior/sequence_match.h"
#include "core/timeline/timeline_view.h"

namespace cdp::behavior {

class TimelineSequence {
 public:
  /// Throws PatternError for a pattern that does not parse or names a condition beyond
  /// `conditions`, 1 to 64 of them.
  TimelineSequence(std::string_view pattern, int conditions, CodeMasks codes,
                   std::pmr::memory_resource* memory);

  /// How many matches follow each other, at most `limit`.
  std::int64_t Count(const timeline::View& view, std::int64_t limit,
                     std::pmr::memory_resource* memory) const;

  /// The times of the events that the pattern names in the first match; empty when there is none.
  std::pmr::vector<Micros> FirstMatch(const timeline::View& view,
                                      std::pmr::memory_resource* memory) const;

 private:
  /// False when some item of the pattern has no event in the timeline for sure.
  bool MayMatch(const timeline::View& view) const;

  /// Calls use(event) for every event that is seen, in order, until it returns true.
  template <class Use>
  void ForEachSeen(const timeline::View& view, std::pmr::memory_resource* memory, Use&& use) const;

  SequencePattern pattern_;
  CodeMasks codes_;
  std::pmr::vector<std::uint64_t> needed_;  ///< of each item, CodeBit of the codes that serve it
};

}  // namespace cdp::behavior
