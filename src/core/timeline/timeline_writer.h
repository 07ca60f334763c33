/// Makes the one image of a list of events.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/base/bytes.h"
#include "core/timeline/quick_image.h"
#include "core/timeline/stamped.h"
#include "core/timeline/timeline_format.h"

namespace cdp::timeline {

/// What an image will be: its header, and how its columns are encoded.
template <class Record>
struct Layout;

template <>
struct Layout<Event> {
  ImageHeader header = {};
  std::size_t delta_bytes = 0;

  std::size_t size() const {
    return sizeof(ImageHeader) +
           (std::size_t{header.count} << Shape::Unpack(header.shape).width_log2) +
           ControlBytes(header.count == 0 ? 0 : header.count - 1) + delta_bytes;
  }
};

/// A column of values; without bytes when no event has one.
struct ValueLayout {
  ValueLayout() = default;
  /// Of so many events `present` have a value, of these lengths.
  ValueLayout(const LengthCounts& lengths, std::size_t present, std::size_t events)
      : present(present) {
    if (present == 0) return;
    const LengthCounts::Choice choice = lengths.Best();
    set = choice.set;
    payload_bytes = choice.bytes;
    bytes =
        1 + ControlBytes(present) + choice.bytes + (present < events ? SymbolBytes(events, 1) : 0);
  }

  std::size_t present = 0;
  unsigned set = 0;
  std::size_t payload_bytes = 0;
  std::size_t bytes = 0;
};

/// A column of properties, likewise.
struct PropertyLayout {
  explicit PropertyLayout(std::pmr::memory_resource* memory) : dictionary(memory) {}

  /// The symbol of a property, or of its absence.
  std::uint32_t SymbolOf(bool present, std::int32_t property) const {
    if (!present) return 0;
    std::uint32_t number = static_cast<std::uint32_t>(property) - static_cast<std::uint32_t>(base);
    if ((shape & kDictionary) != 0) {
      const auto entry = std::lower_bound(dictionary.begin(), dictionary.end(), property);
      number = static_cast<std::uint32_t>(entry - dictionary.begin());
    }
    return number + ((shape & kAbsentSymbol) != 0 ? 1 : 0);
  }

  std::uint8_t shape = 0;
  std::int32_t base = 0;
  std::pmr::vector<std::int32_t> dictionary;  ///< ascending
  std::size_t bytes = 0;
};

template <int kProperties>
struct Layout<WideEvent<kProperties>> : Layout<Event> {
  explicit Layout(std::pmr::memory_resource* memory)
      : properties([memory]<std::size_t... kIndex>(std::index_sequence<kIndex...>) {
          return std::array<PropertyLayout, kProperties>{
              (static_cast<void>(kIndex), PropertyLayout(memory))...};
        }(std::make_index_sequence<kProperties>())) {}

  std::size_t size() const {
    std::size_t total = Layout<Event>::size();
    for (int which = 0; which <= kProperties; ++which) {
      if (ColumnBytes(which) != 0) total += VarintBytes(ColumnBytes(which)) + ColumnBytes(which);
    }
    return total;
  }
  /// Of the optional column: 0 values, i property i.
  std::size_t ColumnBytes(int which) const {
    return which == 0 ? value.bytes : properties[which - 1].bytes;
  }

  ValueLayout value;
  std::array<PropertyLayout, kProperties> properties;
};

/// Writes the column of a property and returns its end; symbol_of(i) is the symbol of event i.
template <class SymbolOfIndex>
std::byte* WriteProperties(const PropertyLayout& layout, std::size_t events, std::byte* out,
                           SymbolOfIndex&& symbol_of) {
  *out++ = static_cast<std::byte>(layout.shape);
  if ((layout.shape & kDictionary) != 0) {
    out = WriteVarint(out, layout.dictionary.size());
    for (const std::int32_t entry : layout.dictionary) out = WriteRaw(out, entry);
  } else {
    out = WriteVarint(out, ZigZag(layout.base));
  }
  StopTicker ticker;
  const auto next_symbol = [&](std::size_t i) -> std::uint32_t {
    ticker.Step();
    return symbol_of(i);
  };
  const unsigned bits = kSymbolBits[layout.shape & 7];
  switch (bits) {
    case 8:
      for (std::size_t i = 0; i < events; ++i) *out++ = static_cast<std::byte>(next_symbol(i));
      break;
    case 16:
      for (std::size_t i = 0; i < events; ++i) {
        out = WriteRaw(out, static_cast<std::uint16_t>(next_symbol(i)));
      }
      break;
    case 32:
      for (std::size_t i = 0; i < events; ++i) out = WriteRaw(out, next_symbol(i));
      break;
    default: {
      std::uint32_t byte = 0;
      unsigned used = 0;
      if (bits == 0) break;
      for (std::size_t i = 0; i < events; ++i) {
        byte |= next_symbol(i) << used;
        used += bits;
        if (used == 8) {
          *out++ = static_cast<std::byte>(byte);
          byte = used = 0;
        }
      }
      if (used != 0) *out++ = static_cast<std::byte>(byte);
    }
  }
  return out;
}

/// What one pass over the events tells of a property.
class PropertySurvey {
 public:
  void Add(bool present, std::int32_t property) {
    if (!present) {
      absent_ = true;
      return;
    }
    least_ = std::min(least_, property);
    most_ = std::max(most_, property);
  }

  /// Decides for a base, unless that takes more than four bits an event: then a dictionary may be
  /// better. Returns whether it may.
  bool Decide(std::size_t events, PropertyLayout* layout) const;

  /// The same with all properties at hand; `for_each(visit)` calls visit(property) for each.
  /// `memory` lends room for sorting.
  template <class ForEach>
  void TryDictionary(std::size_t events, PropertyLayout* layout, std::pmr::memory_resource* memory,
                     ForEach&& for_each) const {
    DictionaryMaker maker(layout->bytes, &layout->dictionary, memory);
    for_each([&maker](std::int32_t property) { maker.Add(property); });
    maker.Finish(events, absent_, layout);
  }

 private:
  class DictionaryMaker {
   public:
    /// A dictionary that takes as much as `bytes` is given up.
    DictionaryMaker(std::size_t bytes, std::pmr::vector<std::int32_t>* entries,
                    std::pmr::memory_resource* memory)
        : limit_(bytes / sizeof(std::int32_t)), entries_(entries), memory_(memory) {}
    void Add(std::int32_t property) {
      if (given_up_) return;
      entries_->push_back(property);
      if (entries_->size() >= compact_at_) Compact();
    }
    void Finish(std::size_t events, bool absent, PropertyLayout* layout);

   private:
    void Compact();

    std::size_t limit_;
    std::size_t compact_at_ = 1024;
    bool given_up_ = false;
    std::pmr::vector<std::int32_t>* entries_;
    std::pmr::memory_resource* memory_;
  };

  std::int32_t least_ = INT32_MAX;
  std::int32_t most_ = INT32_MIN;
  bool absent_ = false;
};

namespace internal {

/// The first pass over the events of an image. Most are at milliseconds: of these it knows the
/// lengths of the deltas too.
class HeaderSurvey {
 public:
  explicit HeaderSurvey(ImageHeader* header) : header_(header) {
    *header_ = {};
    header_->version = kSealedVersion;
  }

  void Add(Micros at, std::int32_t code) {
    if (header_->count++ == 0) {
      header_->first = at;
    } else if (milliseconds_) {
      const std::uint64_t delta = Elapsed(header_->last, at);
      milliseconds_ = delta % kTicks[1] == 0;
      seconds_ = seconds_ && delta % kTicks[2] == 0;
      deltas_.Add(delta / kTicks[1]);
    }
    header_->last = at;
    header_->code_bits |= CodeBit(code);
    codes_ |= static_cast<std::uint32_t>(code);
  }

  Shape Finish() const {
    Shape shape{};
    shape.tick = !milliseconds_ ? 0 : !seconds_ ? 1 : 2;
    shape.width_log2 = codes_ < (1u << 8) ? 0 : codes_ < (1u << 16) ? 1 : 2;
    return shape;
  }
  /// With a tick of a millisecond.
  const LengthCounts& deltas() const { return deltas_; }

 private:
  ImageHeader* header_;
  std::uint32_t codes_ = 0;
  bool milliseconds_ = true;
  bool seconds_ = true;
  LengthCounts deltas_;
};

template <class ForEach>
LengthCounts::Choice MeasureDeltas(unsigned tick, ForEach&& for_each) {
  LengthCounts counts;
  // The tick as a constant turns the division into a multiplication.
  const auto count = [&](auto tick_of) {
    bool begun = false;
    Micros before = 0;
    for_each([&](const auto& event) {
      if (begun) counts.Add(Elapsed(before, event.at) / tick_of());
      begun = true;
      before = event.at;
    });
  };
  switch (tick) {
    case 0:
      count([] { return kTicks[0]; });
      break;
    default:
      count([] { return kTicks[2]; });
  }
  return counts.Best();
}

}  // namespace internal

/// Plans the image of events that come in their order. `for_each(visit)` calls visit(event) for
/// each and is run several times; `memory` keeps what the layout needs.
template <class Record, class ForEach>
Layout<Record> Measure(ForEach&& for_each, [[maybe_unused]] std::pmr::memory_resource* memory) {
  constexpr int kProperties = kRoom<Record>;
  auto layout = [&] {
    if constexpr (kProperties < 0) {
      return Layout<Record>();
    } else {
      return Layout<Record>(memory);
    }
  }();
  ImageHeader& header = layout.header;
  internal::HeaderSurvey survey(&header);
  if constexpr (kProperties < 0) {
    for_each([&](const Record& event) { survey.Add(event.at, CodeOf(event)); });
  } else {
    LengthCounts values;
    std::size_t present = 0;
    std::array<PropertySurvey, kProperties> properties;
    for_each([&](const Record& event) {
      survey.Add(event.at, CodeOf(event));
      if (event.has_value()) {
        values.Add(ZigZag(event.value));
        ++present;
      }
      for (int i = 0; i < kProperties; ++i) {
        properties[i].Add(event.has_property(i + 1), event.properties[i]);
      }
    });
    layout.value = ValueLayout(values, present, header.count);
    if (present != 0) header.flags |= 1;
    for (int i = 0; i < kProperties; ++i) {
      if (properties[i].Decide(header.count, &layout.properties[i])) {
        properties[i].TryDictionary(header.count, &layout.properties[i], memory, [&](auto&& visit) {
          for_each([&](const Record& event) {
            if (event.has_property(i + 1)) visit(event.properties[i]);
          });
        });
      }
      if (layout.properties[i].bytes != 0) header.flags |= static_cast<std::uint8_t>(2u << i);
    }
  }
  Shape shape = survey.Finish();
  const LengthCounts::Choice deltas =
      shape.tick == 1 ? survey.deltas().Best() : internal::MeasureDeltas(shape.tick, for_each);
  shape.lengths = deltas.set;
  layout.delta_bytes = deltas.bytes;
  header.shape = shape.Pack();
  return layout;
}

/// The same for events in memory.
template <class Record>
Layout<Record> MeasureEvents(std::span<const Record> sorted, std::pmr::memory_resource* memory) {
  return Measure<Record>([sorted](auto&& visit) { ForEachPolled(sorted, visit); }, memory);
}

/// Writes the image of the events that `layout` was measured on; `out` has room for layout.size().
/// For Event, ValuedEvent and FullEvent.
template <class Record>
void WriteImage(const Layout<Record>& layout, std::span<const Record> sorted, std::byte* out);

/// Throws kLimitExceeded for more events than a timeline holds.
void CheckEventCount(std::size_t count);

/// Sorts these events, which may be changed, and writes their image where place(size) says, in
/// bytes that it gives. `memory` lends room. For Event, ValuedEvent and FullEvent.
template <class Record, class Place>
void WriteUnsorted(std::span<Record> events, std::pmr::memory_resource* memory, Place&& place) {
  CheckEventCount(events.size());
  SortPolled(events, memory);
  const std::span<const Record> sorted = events;
  if constexpr (!std::is_same_v<Record, FullEvent>) {
    QuickImage quick;
    if (const auto image = quick.Write(sorted); !image.empty()) {
      std::memcpy(place(image.size()), image.data(), image.size());
      return;
    }
  }
  const auto layout = MeasureEvents<Record>(sorted, memory);
  WriteImage<Record>(layout, sorted, place(layout.size()));
}

/// Events without values and properties need no memory, nor to be named as such.
inline Layout<Event> MeasureEvents(std::span<const Event> sorted) {
  return MeasureEvents<Event>(sorted, nullptr);
}
inline void WriteImage(const Layout<Event>& layout, std::span<const Event> sorted, std::byte* out) {
  WriteImage<Event>(layout, sorted, out);
}

}  // namespace cdp::timeline
