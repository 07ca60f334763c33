#include "core/behavior/timeline_sequence.h"

#include <algorithm>
#include <utility>

#include "core/base/scratch.h"
#include "core/base/stop.h"
#include "core/timeline/timeline_reader.h"

namespace cdp::behavior {

using timeline::TimeReader;
using timeline::View;

TimelineSequence::TimelineSequence(std::string_view pattern, int conditions, CodeMasks codes,
                                   std::pmr::memory_resource* memory)
    : pattern_(ParseSequencePattern(pattern, conditions, memory)),
      codes_(std::move(codes)),
      needed_(memory) {
  for (const PatternItem& item : pattern_.items) needed_.push_back(codes_.CodeBitsOf(item.fills));
}

bool TimelineSequence::MayMatch(const View& view) const {
  return std::all_of(needed_.begin(), needed_.end(),
                     [&view](std::uint64_t bits) { return (view.code_bits() & bits) != 0; });
}

template <class Use>
void TimelineSequence::ForEachSeen(const View& view, std::pmr::memory_resource* memory,
                                   Use&& use) const {
  timeline::WithCodes(view, [&](auto codes) {
    TimeReader times(view);
    StopTicker ticker;
    Micros at[TimeReader::kRoom];
    // The events of an instant, kept until the next one comes: their order is not that of codes.
    std::pmr::vector<Seen> instant(memory);
    const auto use_instant = [&] {
      if (instant.size() > 1) {
        std::sort(instant.begin(), instant.end(),
                  [](const Seen& a, const Seen& b) { return a.fills < b.fills; });
      }
      const bool enough = std::any_of(instant.begin(), instant.end(), use);
      instant.clear();
      return enough;
    };
    std::size_t index = 0;
    while (const std::size_t n = times.Next(at)) {
      for (std::size_t i = 0; i < n; ++i) {
        const std::uint64_t fills = codes_.Of(codes[index + i]);
        if (fills == 0) continue;
        if (!instant.empty() && instant.front().at != at[i] && use_instant()) return;
        instant.push_back({at[i], fills});
      }
      index += n;
      ticker.Step(static_cast<std::uint32_t>(n));
    }
    use_instant();
  });
}

std::int64_t TimelineSequence::Count(const View& view, std::int64_t limit,
                                     std::pmr::memory_resource* memory) const {
  if (!MayMatch(view)) return 0;
  Scratch scratch(memory);
  SequenceScan scan(pattern_, &scratch);
  std::int64_t count = 0;
  ForEachSeen(view, &scratch, [&](const Seen& event) {
    return scan.Feed(event.at, event.fills) && ++count >= limit;
  });
  return count;
}

std::pmr::vector<Micros> TimelineSequence::FirstMatch(const View& view,
                                                      std::pmr::memory_resource* memory) const {
  std::pmr::vector<Micros> chain(memory);
  if (!MayMatch(view)) return chain;
  // Not scratch: the events may be many, and each time there is no room they are copied.
  std::pmr::vector<Seen> events(memory);
  SequenceScan scan(pattern_, memory);
  bool found = false;
  ForEachSeen(view, memory, [&](const Seen& event) {
    events.push_back(event);
    return found = scan.Feed(event.at, event.fills);
  });
  if (found) WriteMatchChain(pattern_, events, memory, &chain);
  return chain;
}

}  // namespace cdp::behavior
