#include "core/timeline/timeline_writer.h"

#include <cstring>

#include "core/base/bytes.h"

namespace cdp::timeline {
namespace {

template <class Code>
std::byte* WriteCodes(std::span<const Event> events, std::byte* out) {
  for (const Event& event : events) out = WriteRaw(out, static_cast<Code>(event.value));
  return out;
}

/// The slot of a length set for every number of bytes needed.
std::array<std::uint8_t, 9> SlotsOf(const std::array<std::uint8_t, 4>& lengths) {
  std::array<std::uint8_t, 9> slots{};
  std::uint8_t slot = 0;
  for (unsigned bytes = 1; bytes <= 8; ++bytes) {
    while (slot < 3 && lengths[slot] < bytes) ++slot;
    slots[bytes] = slot;
  }
  return slots;
}

template <std::uint64_t kTick>
void WriteDeltas(std::span<const Event> events, const std::array<std::uint8_t, 4>& lengths,
                 std::byte* controls, std::byte* out, const std::byte* end) {
  const auto slots = SlotsOf(lengths);
  unsigned control = 0;
  for (std::size_t i = 1; i < events.size(); ++i) {
    const std::uint64_t delta = Elapsed(events[i - 1].at, events[i].at) / kTick;
    const unsigned slot = slots[BytesNeeded(delta)];
    const unsigned length = lengths[slot];
    // Eight bytes in one store where there is room: the next delta overwrites the surplus.
    std::memcpy(out, &delta, end - out >= 8 ? 8 : length);
    out += length;
    control |= slot << (2 * ((i - 1) % 4));
    if (i % 4 == 0) {
      *controls++ = static_cast<std::byte>(control);
      control = 0;
    }
  }
  if (events.size() > 1 && (events.size() - 1) % 4 != 0)
    *controls = static_cast<std::byte>(control);
}

}  // namespace

Layout MeasureEvents(std::span<const Event> sorted) {
  return Measure([sorted](auto&& visit) {
    for (const Event& event : sorted) visit(event.at, event.value);
  });
}

void WriteImage(const Layout& layout, std::span<const Event> sorted, std::byte* out) {
  const std::byte* end = out + layout.size();
  const Shape shape = Shape::Unpack(layout.header.shape);
  out = WriteRaw(out, layout.header);
  switch (shape.width_log2) {
    case 0:
      out = WriteCodes<std::uint8_t>(sorted, out);
      break;
    case 1:
      out = WriteCodes<std::uint16_t>(sorted, out);
      break;
    default:
      out = WriteCodes<std::int32_t>(sorted, out);
  }
  std::byte* deltas = out + ControlBytes(sorted.size());
  const auto& lengths = kLengthSets[shape.lengths];
  switch (shape.tick) {
    case 0:
      return WriteDeltas<kTicks[0]>(sorted, lengths, out, deltas, end);
    case 1:
      return WriteDeltas<kTicks[1]>(sorted, lengths, out, deltas, end);
    default:
      return WriteDeltas<kTicks[2]>(sorted, lengths, out, deltas, end);
  }
}

}  // namespace cdp::timeline
