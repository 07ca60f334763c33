#include "pg/timeline/timeline_datum.h"

#include "core/timeline/timeline_writer.h"

namespace cdp::pg {

using timeline::Event;
using timeline::FullEvent;
using timeline::ValuedEvent;

static_assert(timeline::kMinInstant == MIN_TIMESTAMP && timeline::kEndInstant == END_TIMESTAMP);

const varlena* HeaderArgument(FunctionCallInfo fcinfo, int n) {
  const auto* value = reinterpret_cast<const varlena*>(PG_GETARG_POINTER(n));
  if (!VARATT_IS_EXTERNAL(value) && !VARATT_IS_COMPRESSED(value)) return value;
  const varlena* beginning =
      PG_DETOAST_DATUM_SLICE(PG_GETARG_DATUM(n), 0, sizeof(timeline::ImageHeader));
  const std::span<const std::byte> bytes = BytesOf(beginning);
  if (bytes.empty() || bytes[0] != std::byte{timeline::kBuildVersion}) return beginning;
  return TimelineArgument(fcinfo, n);
}

timeline::ImageHeader ReadTimelineHeader(const varlena* beginning) {
  return timeline::ReadHeader(BytesOf(SealedTimeline(beginning)));
}

template <class Record>
varlena* NewTimeline(std::span<Record> events) {
  ContextResource memory(CurrentMemoryContext);
  varlena* value = nullptr;
  timeline::WriteUnsorted(events, &memory, [&value](std::size_t size) {
    value = NewVarlena(size);
    return PayloadOf(value);
  });
  return value;
}

template varlena* NewTimeline(std::span<Event>);
template varlena* NewTimeline(std::span<ValuedEvent>);
template varlena* NewTimeline(std::span<FullEvent>);

const varlena* SealedTimeline(const varlena* value) {
  const std::span<const std::byte> bytes = BytesOf(value);
  if (bytes.empty() || bytes[0] != std::byte{timeline::kBuildVersion}) return value;
  const timeline::BuildView build = timeline::ReadBuildForm(bytes);
  return timeline::WithRecord(build.kind, [&build]<class Record>() {
    // Copied byte by byte: a packed value aligns nothing.
    ContextResource memory(CurrentMemoryContext);
    const Room<Record> events(build.count, &memory);
    build.CopyTo(events.data());
    return NewTimeline<Record>(events.records());
  });
}

}  // namespace cdp::pg
