/// Retention of timelines: who of those who started in a day, week or month came back after how
/// many, by the definitions of cohort_retention.h, from each person's events.
#pragma once

#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

#include "core/base/zone.h"
#include "core/behavior/code_masks.h"
#include "core/behavior/retention_question.h"
#include "core/behavior/timeline_tally.h"
#include "core/timeline/timeline_walk.h"

namespace cdp::behavior {

/// What an event does.
inline constexpr std::uint64_t kStarts = 1;
inline constexpr std::uint64_t kReturns = 2;

struct TimelineRetention {
  std::uint64_t every;     ///< what every event does, kStarts, kReturns, both or nothing
  CodeMasks codes;         ///< what events with certain codes do, besides
  RetentionQuestion rule;  ///< `until` does not count
  bool own_days;  ///< days are of 24 hours since the person's first start, not the calendar's
  Zone zone;
  /// If given, what was before somebody's first start counts for nothing, also on the same day, and
  /// only who started in this period counts.
  std::optional<timeline::Period> started = {};
};

/// Whether somebody came back: for each cell of the question, of the first cohort; nothing for who
/// never started.
std::optional<std::pmr::vector<bool>> RetentionBits(const timeline::View& view,
                                                    TimelineRetention* question,
                                                    std::pmr::memory_resource* memory);

/// Keys of a tally of retention; its counts are of timelines.
inline constexpr int kRetentionParts = 3;
void CountRetention(const timeline::View& view, TimelineRetention* question, TallyTable* tally,
                    std::pmr::memory_resource* memory);

/// What such a tally says, ordered by cohort and period. Throws kCorruptData for a tally that no
/// question makes.
std::pmr::vector<RetentionCell> RetentionOf(const TallyView& view, std::optional<Day> until,
                                            std::pmr::memory_resource* memory);

}  // namespace cdp::behavior
