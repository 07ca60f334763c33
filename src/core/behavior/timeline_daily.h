/// On which days something happened in a timeline, how often, and with which property: from many
/// timelines, views and visitors by day and channel.
#pragma once

#include <memory_resource>
#include <optional>
#include <vector>

#include "core/base/zone.h"
#include "core/behavior/timeline_tally.h"
#include "core/timeline/code_set.h"
#include "core/timeline/timeline_reader.h"

namespace cdp::behavior {

struct DailyQuestion {
  const timeline::CodeSet* codes;  ///< which events count; null: all
  int property;                    ///< apart by a property (1 to 4) or by the code (0)
  Zone zone;                       ///< whose days
  std::uint32_t known[256] = {};   ///< work space
};

/// Throws kInvalidArgument for a property out of range.
void CheckDaily(const DailyQuestion& question);

/// The events of one day with one key.
struct DailyCell {
  std::int32_t day;                 ///< since 2000-01-01
  std::optional<std::int32_t> key;  ///< null: without the property
  std::int64_t events;
};

/// Each day and key once, ascending by day and key, null first.
std::pmr::vector<DailyCell> DailyCells(const timeline::View& view, DailyQuestion* question,
                                       std::pmr::memory_resource* memory);

/// Keys of a tally of days: the day, whether there is a key (0 or 1), the key. Its counts are of
/// timelines, its totals of events.
inline constexpr int kDailyParts = 3;
void CountDaily(const timeline::View& view, DailyQuestion* question, TallyTable* tally,
                std::pmr::memory_resource* memory);

}  // namespace cdp::behavior
