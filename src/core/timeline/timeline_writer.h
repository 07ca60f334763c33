/// Makes the one image of a list of events.
#pragma once

#include <bit>
#include <span>

#include "core/timeline/timeline_format.h"

namespace cdp::timeline {

/// The header of an image to be written and the bytes that its deltas will take.
struct Layout {
  ImageHeader header;
  std::size_t delta_bytes;

  std::size_t size() const {
    return sizeof(ImageHeader) +
           (std::size_t{header.count} << Shape::Unpack(header.shape).width_log2) +
           ControlBytes(header.count) + delta_bytes;
  }
};

/// Bytes that hold a number, at least one.
constexpr unsigned BytesNeeded(std::uint64_t number) {
  return (static_cast<unsigned>(std::bit_width(number | 1)) + 7) / 8;
}

/// Plans the image of events that come sorted by (instant, code). `for_each(visit)` calls
/// visit(instant, code) for each and is run twice.
template <class ForEach>
Layout Measure(ForEach&& for_each) {
  Layout layout{};
  ImageHeader& header = layout.header;
  header.version = kSealedVersion;
  std::uint32_t codes = 0;
  bool milliseconds = true;
  bool seconds = true;
  for_each([&](Micros at, std::int32_t code) {
    if (header.count++ == 0) {
      header.first = at;
    } else if (milliseconds) {
      const std::uint64_t delta = Elapsed(header.last, at);
      milliseconds = delta % kTicks[1] == 0;
      seconds = seconds && delta % kTicks[2] == 0;
    }
    header.last = at;
    header.code_bits |= CodeBit(code);
    codes |= static_cast<std::uint32_t>(code);
  });
  Shape shape{};
  shape.tick = !milliseconds ? 0 : !seconds ? 1 : 2;
  shape.width_log2 = codes < (1u << 8) ? 0 : codes < (1u << 16) ? 1 : 2;

  std::array<std::size_t, 9> deltas_of = {};  // by the bytes they need
  std::uint32_t index = 0;
  Micros before = 0;
  const auto count_deltas = [&](auto tick) {
    for_each([&](Micros at, std::int32_t) {
      if (index++ != 0) ++deltas_of[BytesNeeded(Elapsed(before, at) / tick())];
      before = at;
    });
  };
  // The tick as a constant turns the division into a multiplication.
  switch (shape.tick) {
    case 0:
      count_deltas([] { return kTicks[0]; });
      break;
    case 1:
      count_deltas([] { return kTicks[1]; });
      break;
    default:
      count_deltas([] { return kTicks[2]; });
  }
  layout.delta_bytes = SIZE_MAX;
  for (unsigned set = 0; set < kLengthSets.size(); ++set) {
    std::size_t total = 0;
    unsigned slot = 0;
    for (unsigned bytes = 1; bytes <= 8 && total != SIZE_MAX; ++bytes) {
      while (slot < 4 && kLengthSets[set][slot] < bytes) ++slot;
      if (slot < 4) {
        total += deltas_of[bytes] * kLengthSets[set][slot];
      } else if (deltas_of[bytes] != 0) {
        total = SIZE_MAX;
      }
    }
    if (total < layout.delta_bytes) {
      layout.delta_bytes = total;
      shape.lengths = set;
    }
  }
  header.shape = shape.Pack();
  return layout;
}

/// The same for events in memory.
Layout MeasureEvents(std::span<const Event> sorted);

/// Writes the image of the events that `layout` was measured on; `out` has room for layout.size().
void WriteImage(const Layout& layout, std::span<const Event> sorted, std::byte* out);

}  // namespace cdp::timeline
