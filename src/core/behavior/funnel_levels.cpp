#include "core/behavior/funnel_levels.h"

#include <utility>

#include "core/behavior/funnel_scan.h"
#include "core/timeline/user_groups.h"

namespace cdp::behavior {
namespace {

using timeline::Event;
using timeline::RowReader;

std::uint64_t FilledBy(const Event& event, int steps) {
  if (event.value == 0) return 0;
  // Bytes that rotted may name steps that do not exist.
  if (event.value < 0 || event.value > steps) {
    RowReader::Corrupt("A row fills a step that does not exist.");
  }
  return std::uint64_t{1} << (event.value - 1);
}

int DepthOf(std::span<const Event> events, FunnelMode mode, const LevelTerms& terms) {
  return WithScan(mode, terms.steps, terms.window, [&](auto& scan) {
    for (const Event& event : events) {
      if (scan.Feed(event.at, FilledBy(event, terms.steps))) break;
    }
    return scan.Finish();
  });
}

}  // namespace

LevelTerms LevelTerms::Unpack(std::span<const std::uint32_t, 3> terms) {
  const LevelTerms unpacked{static_cast<std::uint8_t>(terms[0]), static_cast<int>(terms[0] >> 8),
                            std::uint64_t{terms[2]} << 32 | terms[1]};
  UnpackFunnelMode(unpacked.mode);
  if (unpacked.steps > kMaxSteps || terms[2] >> 31 != 0) {
    RowReader::Corrupt("The number of steps or the window is out of range.");
  }
  return unpacked;
}

std::pmr::vector<std::int64_t> FunnelLevels(timeline::RowSegments&& rows, const LevelTerms& terms,
                                            std::pmr::memory_resource* memory) {
  std::pmr::vector<std::int64_t> levels(static_cast<std::size_t>(terms.steps), memory);
  if (terms.steps == 0) return levels;
  const FunnelMode mode = UnpackFunnelMode(terms.mode);
  timeline::UserGroups<Event> groups(std::move(rows), memory);
  StopTicker ticker;
  std::int64_t user = 0;
  std::span<Event> events;
  while (groups.Next(&user, &events)) {
    SortPolled(events, memory);
    const int depth = DepthOf(events, mode, terms);
    if (depth > 0) ++levels[static_cast<std::size_t>(depth - 1)];
    ticker.Step(static_cast<std::uint32_t>(events.size()));
  }
  for (std::size_t level = levels.size() - 1; level > 0; --level) {
    levels[level - 1] += levels[level];
  }
  return levels;
}

void CheckFunnelLevels(std::span<const std::byte> bytes, ErrorCode code) {
  timeline::CheckUserRows(bytes, code);
  try {
    const auto header = timeline::ReadUserRowsHeader(bytes);
    const LevelTerms terms = LevelTerms::Unpack(header.terms);
    if (header.columns != 0) RowReader::Corrupt("A funnel has rows with values.");
    const auto rows = timeline::ReadUserRows(bytes, std::pmr::new_delete_resource());
    StopTicker ticker;
    for (const timeline::RowSegment& segment : rows.segments) {
      RowReader reader(segment);
      std::uint64_t key = 0;
      timeline::FullEvent event;
      while (reader.Next(&key, &event)) {
        FilledBy({event.at, event.code}, terms.steps);
        ticker.Step();
      }
    }
  } catch (const Error& error) {
    throw Error(code, error.what(), error.detail(), error.hint());
  }
}

}  // namespace cdp::behavior
