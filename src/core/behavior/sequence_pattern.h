/// The pattern language of sequence_match.
///
///   (?N)       an event that fills condition N
///   .          any event
///   .*         any number of events, also none
///   (?t op n)  any number of events, and the time from the event consumed before to the one
///              consumed after; op is <= < >= > == or !=, n a number with a unit: us ms s m h d,
///              seconds without one
///   (?w<=n)    the time from the first event consumed to the last; also <
///
/// What stands side by side consumes events that follow each other. White space may stand between
/// all of these and inside the parentheses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.h"

namespace cdp::behavior {

/// What does not parse, and where: the byte, counted from 0.
class PatternError : public Error {
 public:
  PatternError(std::string message, std::string detail, std::size_t at)
      : Error(ErrorCode::kSyntax, std::move(message), std::move(detail)), at_(at) {}
  std::size_t at() const noexcept { return at_; }

 private:
  std::size_t at_;
};

inline constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

/// Elapsed microseconds from `least` to `most`, both inside.
struct SpanRange {
  std::uint64_t least = 0;
  std::uint64_t most = kNoLimit;

  bool Holds(std::uint64_t elapsed) const { return least <= elapsed && elapsed <= most; }
  bool unlimited() const { return least == 0 && most == kNoLimit; }
};

/// An event to be consumed, and how it follows the one consumed before.
struct PatternItem {
  std::uint64_t fills;  ///< it fills one of these conditions; all bits: any event
  bool named;           ///< by (?N), so its time is part of the chain
  bool skips;           ///< events may lie between; otherwise it is the very next one
  /// When it skips: the time between is in one of these, ascending and apart. None: in no time.
  std::pmr::vector<SpanRange> spans;
};

struct SequencePattern {
  std::pmr::vector<PatternItem> items;  ///< never empty: a pattern that consumes nothing is "."
  std::uint64_t window = kNoLimit;      ///< from the first event to the last
};

/// The longest pattern in bytes.
inline constexpr std::size_t kMaxPatternBytes = 4096;

/// `conditions` is how many there are, 1 to 64. Throws PatternError.
SequencePattern ParseSequencePattern(std::string_view text, int conditions,
                                     std::pmr::memory_resource* memory);

}  // namespace cdp::behavior
