/// Sessions of a timeline, and the paths that people take within them.
///
/// A session ends where the next event comes more than `gap` later. A path is the codes of some
/// events that follow each other in one session.
#pragma once

#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

#include "core/base/zone.h"
#include "core/behavior/timeline_tally.h"
#include "core/timeline/code_set.h"
#include "core/timeline/timeline_reader.h"

namespace cdp::behavior {

/// Where sessions end; only `gap` is needed.
struct SessionRule {
  std::uint64_t gap;  ///< the longest pause within a session, microseconds
  std::optional<std::uint64_t> max_length = {};  ///< from the first event to the last
  Zone* midnights = nullptr;                     ///< sessions end at this zone's midnight
};

struct Session {
  Micros first;
  Micros last;
  std::int64_t events;
  std::int32_t first_code;
  std::int32_t last_code;
};

/// In order of time.
std::pmr::vector<Session> SessionsOf(const timeline::View& view, const SessionRule& rule,
                                     std::pmr::memory_resource* memory);

inline constexpr int kMaxPathDepth = kMaxTallyParts;
/// Stands in a tally's key behind the end of a path that is shorter than the depth.
inline constexpr std::int32_t kNoCode = -1;

/// Which paths are wanted.
///
/// Of each session the events with `codes` are taken (all of them by default), without those that
/// repeat the code before them if `collapse`, from the last to the first if `reverse`. From each
/// event, or from each with the code `start`, goes a path of `depth` events. A path that the
/// session's end cuts short counts only when it has a `start` and needs no `end`. With `end` a path
/// stops at the first event of that code behind its first one, and counts only when there is one.
struct PathQuestion {
  std::uint64_t gap;
  int depth;  ///< 1 to kMaxPathDepth
  const timeline::CodeSet* codes = nullptr;
  std::optional<std::int32_t> start = {};
  std::optional<std::int32_t> end = {};
  bool reverse = false;
  bool collapse = false;

  /// True when every `depth` events that follow each other are a path: what CountPaths does
  /// fastest.
  bool plain() const { return codes == nullptr && !start && !end && !reverse && !collapse; }
};

/// Throws kInvalidArgument for a depth or a code out of range.
void CheckPathQuestion(const PathQuestion& question);

/// A timeline's paths one behind the other: path i is codes[ends[i - 1]] up to codes[ends[i]].
struct PathList {
  explicit PathList(std::pmr::memory_resource* memory) : codes(memory), ends(memory) {}
  std::pmr::vector<std::int32_t> codes;
  std::pmr::vector<std::size_t> ends;
};

/// In order of their first event (`reverse`: within a session from the last on).
void ListPaths(const timeline::View& view, const PathQuestion& question, PathList* list);

/// Counts them in a tally whose keys have question.depth parts.
void CountPaths(const timeline::View& view, const PathQuestion& question, TallyTable* tally,
                std::pmr::memory_resource* memory);

}  // namespace cdp::behavior
