#include "pg/timeline/timeline_datum.h"

#include "core/timeline/timeline_check.h"
#include "core/timeline/timeline_writer.h"

namespace cdp::pg {

using timeline::Event;

static_assert(timeline::kMinInstant == MIN_TIMESTAMP && timeline::kEndInstant == END_TIMESTAMP);

varlena* NewTimeline(std::span<Event> events) {
  if (events.size() > timeline::kMaxEvents) {
    throw Error(ErrorCode::kLimitExceeded, "timeline is too large",
                "A timeline holds at most " + std::to_string(timeline::kMaxEvents) + " events.");
  }
  ContextResource memory(CurrentMemoryContext);
  timeline::SortStamped(events, &memory);
  const timeline::Layout layout = timeline::MeasureEvents(events);
  varlena* value = NewVarlena(layout.size());
  timeline::WriteImage(layout, events, PayloadOf(value));
  return value;
}

const varlena* SealedTimeline(const varlena* value) {
  const std::span<const std::byte> bytes = BytesOf(value);
  if (bytes.empty() || bytes[0] != std::byte{timeline::kBuildVersion}) return value;
  // Copied byte by byte: a packed value aligns nothing.
  ContextResource memory(CurrentMemoryContext);
  const auto build = timeline::ReadBuildForm(bytes);
  std::pmr::vector<Event> events(build.events.size(), &memory);
  std::memcpy(events.data(), static_cast<const void*>(build.events.data()),
              build.events.size_bytes());
  return NewTimeline(events);
}

}  // namespace cdp::pg
