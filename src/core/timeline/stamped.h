/// Records that carry an instant and a small value, as they wait in aggregate states.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/sort.h"
#include "core/base/stop.h"
#include "core/base/time.h"

namespace cdp::timeline {

/// Twelve bytes at any multiple of four: states hold millions, and a value inside a tuple is only
/// aligned to four.
template <class Value>
struct [[gnu::packed, gnu::aligned(4)]] Stamped {
  Micros at;
  Value value;

  friend bool operator<(const Stamped& a, const Stamped& b) {
    return a.at < b.at || (a.at == b.at && a.value < b.value);
  }
  friend bool operator==(const Stamped& a, const Stamped& b) {
    return a.at == b.at && a.value == b.value;
  }
};

/// Calls visit(record) for each in turn and polls for interrupts after so many.
template <class Record, class Visit>
void ForEachPolled(std::span<const Record> records, Visit&& visit) {
  constexpr std::size_t kPiece = std::size_t{1} << 16;
  while (!records.empty()) {
    const auto piece = records.first(std::min(kPiece, records.size()));
    for (const Record& record : piece) visit(record);
    if (piece.size() == kPiece) CheckStop();
    records = records.subspan(piece.size());
  }
}

}  // namespace cdp::timeline
