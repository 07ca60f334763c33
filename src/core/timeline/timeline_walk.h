/// Walks over the events of a timeline that have certain codes.
#pragma once

#include "core/base/stop.h"
#include "core/timeline/code_set.h"
#include "core/timeline/timeline_reader.h"

namespace cdp::timeline {

/// True when no event can have one of the codes; null stands for every code.
inline bool MeetsNone(const View& view, const CodeSet* codes) {
  return view.count() == 0 || (codes != nullptr && !codes->MayMeet(view.code_bits()));
}

/// The instants from <= at < to; all by default.
struct Period {
  Micros from = INT64_MIN;
  Micros to = INT64_MAX;

  bool Holds(Micros at) const { return from <= at && at < to; }
  /// True when all events of a timeline that is not empty lie in it.
  bool HoldsAll(const View& view) const { return Holds(view.first()) && Holds(view.last()); }
};

/// Calls visit(instant, code, index) for every event in order that has one of the codes. Polls for
/// interrupts.
template <class Visit>
void ForEachOf(const View& view, const CodeSet* codes, Visit&& visit) {
  if (MeetsNone(view, codes)) return;
  WithCodes(view, [&](auto column) {
    TimeReader times(view);
    StopTicker ticker;
    Micros at[TimeReader::kRoom];
    std::size_t index = 0;
    const CodeMarks* const marks = codes == nullptr ? nullptr : &codes->marks();
    while (const std::size_t n = times.Next(at)) {
      ForEachMarked(view, marks, column, index, n, [&](std::size_t i) {
        const std::int32_t code = column[index + i];
        if (column.kWidth == 1 || codes == nullptr || codes->Has(code)) {
          visit(at[i], code, index + i);
        }
      });
      index += n;
      ticker.Step(static_cast<std::uint32_t>(n));
    }
  });
}

/// The same for events of a period.
template <class Visit>
void ForEachOf(const View& view, const CodeSet* codes, const Period& period, Visit&& visit) {
  if (MeetsNone(view, codes)) return;
  if (period.HoldsAll(view)) return ForEachOf(view, codes, visit);
  ForEachOf(view, codes, [&](Micros at, std::int32_t code, std::size_t index) {
    if (period.Holds(at)) visit(at, code, index);
  });
}

}  // namespace cdp::timeline
