/// How long it takes from an event to another: from one of some codes to the next of others.
///
/// An interval ends with an event that has one of the codes `to`, and begins with an event before
/// it with one of the codes `from`: of those behind the previous end and at most `longest` ago the
/// nearest, or the first. An end without any ends nothing. So each event begins at most one
/// interval and ends at most one; an event can do both, and where `from` and `to` are the same,
/// intervals are the times from event to event. At one instant what only begins comes before what
/// also ends, and that before what only ends, so that the numbers of codes do not matter. With a
/// property held, the events of each value of it are a sequence of their own, and those without it
/// are none.
#pragma once

#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/behavior/timeline_tally.h"
#include "core/timeline/code_set.h"
#include "core/timeline/timeline_reader.h"

namespace cdp::behavior {

enum class Pairing : std::uint8_t { kNearest, kFirst };

/// "nearest" or "first"; throws kInvalidArgument for any other word.
Pairing ParsePairing(std::string_view word);

struct IntervalQuestion {
  const timeline::CodeSet* from;  ///< null: every event
  const timeline::CodeSet* to;
  std::uint64_t longest = UINT64_MAX;  ///< microseconds
  Pairing pairing = Pairing::kNearest;
  int held = 0;  ///< a property, 1 to 4; 0: none
  /// For a tally: ascending microseconds; bin i reaches from edge i to before edge i + 1, the last
  /// one has no end.
  std::span<const std::uint64_t> edges = {};
};

inline constexpr std::size_t kMaxIntervalBins = 1000;

/// Throws kInvalidArgument for a question that makes no sense.
void CheckIntervals(const IntervalQuestion& question);

struct EventInterval {
  Micros from;
  Micros to;
};

/// Ascending by their ends.
std::pmr::vector<EventInterval> IntervalsOf(const timeline::View& view,
                                            const IntervalQuestion& question,
                                            std::pmr::memory_resource* memory);

/// Keys of a tally of intervals.
inline constexpr int kIntervalParts = 4;
void CountIntervals(const timeline::View& view, const IntervalQuestion& question, TallyTable* tally,
                    std::pmr::memory_resource* memory);

/// The intervals of a bin, exactly. An interval shorter than the first edge is in none.
struct IntervalBin {
  std::uint64_t from;
  std::optional<std::uint64_t> to;
  std::int64_t count;
  std::int64_t all;  ///< of all intervals, those in no bin included
};

/// What a tally of intervals says. Throws kCorruptData for one that no question makes.
class IntervalCounts {
 public:
  IntervalCounts(const TallyView& view, std::pmr::memory_resource* memory);

  std::pmr::vector<IntervalBin> Bins(std::pmr::memory_resource* memory) const;

  /// The duration below or at which this share, 0 to 1, of all intervals lies, to 1/128
  /// (duration_sketch.h); nothing when there are none.
  std::optional<std::uint64_t> Quantile(double share) const;

 private:
  struct Spans {
    std::int32_t sketch_bin;
    std::int64_t count;
  };
  std::pmr::vector<std::uint64_t> edges_;
  std::pmr::vector<std::int64_t> counts_;  ///< of each edge's bin
  std::pmr::vector<Spans> spans_;          ///< ascending
  std::int64_t all_ = 0;
};

}  // namespace cdp::behavior
