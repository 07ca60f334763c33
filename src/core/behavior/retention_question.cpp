#include "core/behavior/retention_question.h"

#include <algorithm>
#include <string>

#include "core/base/error.h"

namespace cdp::behavior {

RetentionKind ParseRetentionKind(std::string_view word) {
  if (word == "n_day") return RetentionKind::kNDay;
  if (word == "unbounded") return RetentionKind::kUnbounded;
  if (word == "bracket") return RetentionKind::kBracket;
  throw Error(ErrorCode::kInvalidArgument,
              "kind of retention \"" + std::string(word) + "\" does not exist", {},
              "Use \"n_day\", \"unbounded\" or \"bracket\".");
}

bool ParseRecurring(std::string_view word) {
  if (word == "first") return false;
  if (word == "recurring") return true;
  throw Error(ErrorCode::kInvalidArgument,
              "kind of cohort \"" + std::string(word) + "\" does not exist", {},
              "Use \"first\" or \"recurring\".");
}

RetentionQuestion::Range RetentionQuestion::RangeAt(std::size_t cell) const {
  const std::int64_t first = PeriodAt(cell);
  if (kind == RetentionKind::kNDay) return {first, first};
  if (kind == RetentionKind::kUnbounded) return {first, kNoEnd};
  return {first, std::int64_t{edges[cell + 1]} - 1};
}

void CheckRetention(const RetentionQuestion& question) {
  if (question.kind != RetentionKind::kBracket) {
    if (question.periods >= 0 && question.periods <= kMaxPeriods) return;
    throw Error(ErrorCode::kInvalidArgument, "number of periods must be between 0 and " +
                                                 std::to_string(kMaxPeriods) + ", not " +
                                                 std::to_string(question.periods));
  }
  const auto edges = question.edges;
  const bool ascending = std::adjacent_find(edges.begin(), edges.end(),
                                            [](int a, int b) { return a >= b; }) == edges.end();
  if (edges.size() >= 2 && edges.size() <= kMaxPeriods + 1 && edges.front() >= 0 && ascending) {
    return;
  }
  throw Error(ErrorCode::kInvalidArgument, "brackets must be two or more ascending numbers from 0",
              "A bracket reaches from one of them to before the next.",
              "For example '{0,1,7,30}' for the first day, days 1 to 6, and days 7 to 29.");
}

}  // namespace cdp::behavior
