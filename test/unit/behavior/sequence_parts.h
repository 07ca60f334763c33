/// Random sequence patterns as the oracle's parts.
#pragma once

#include <random>
#include <vector>

#include "oracle/behavior_sequence.h"

namespace cdp::behavior {

inline std::vector<oracle::Part> RandomPattern(std::mt19937_64& rng, int conditions) {
  using oracle::Part;
  static const char* const kOps[] = {"<=", "<", ">=", ">", "==", "!="};
  std::vector<Part> parts(rng() % 7);
  bool consumed = false;
  for (Part& part : parts) {
    const std::uint64_t kind = rng() % 10;
    if (kind < 5 || !consumed) {
      part = {Part::kCondition, static_cast<int>(1 + rng() % conditions), {}, 0};
      consumed = true;
    } else if (kind == 5) {
      part = {Part::kAny, 0, {}, 0};
    } else if (kind == 6) {
      part = {Part::kStar, 0, {}, 0};
    } else if (kind < 9) {
      part = {Part::kTime, 0, kOps[rng() % 6], static_cast<std::int64_t>(rng() % 6)};
    } else {
      part = {Part::kWindow, 0,
              rng() % 3 == 0 ? "<" : "<=", static_cast<std::int64_t>(1 + rng() % 9)};
    }
  }
  return parts;
}

}  // namespace cdp::behavior
