/// How often people do something: of many timelines, how many have each number of events, of days,
/// of hours, or sum of values.
#pragma once

#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/behavior/timeline_tally.h"
#include "core/timeline/timeline_ask.h"

namespace cdp::behavior {

enum class Measure : std::uint8_t { kTimes, kDays, kHours, kSum };

/// "times", "days", "hours" or "sum"; throws kInvalidArgument for any other word.
Measure ParseMeasure(std::string_view word);

struct DistributionQuestion {
  const timeline::CodeSet* codes;  ///< which events count; null: all
  timeline::Period period = {};
  Measure measure = Measure::kTimes;
  Zone zone = {};  ///< whose days and hours
};

/// Nothing when no event counts; of a sum, when none has a value.
std::optional<std::int64_t> MeasureOf(const timeline::View& view, DistributionQuestion* question);

/// Keys of a tally of a distribution; its counts are of timelines, each of them in one row.
inline constexpr int kDistributionParts = 2;
void CountDistribution(const timeline::View& view, DistributionQuestion* question,
                       TallyTable* tally);

/// How many timelines have a number from `from` to before `to`.
struct DistributionBin {
  std::int64_t from;
  std::optional<std::int64_t> to;
  std::int64_t users;
  std::int64_t all;  ///< timelines with any number, in a bin or not
};

/// What such a tally says, in bins from each edge to before the next, the last without end; without
/// edges each number in a bin of its own. Throws kInvalidArgument for edges that do not ascend.
std::pmr::vector<DistributionBin> DistributionOf(const TallyView& view,
                                                 std::optional<std::span<const std::int64_t>> edges,
                                                 std::pmr::memory_resource* memory);

}  // namespace cdp::behavior
