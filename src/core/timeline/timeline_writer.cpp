#include "core/timeline/timeline_writer.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "core/base/error.h"

namespace cdp::timeline {
namespace {

/// The narrowest width for so many symbols, as an index into kSymbolBits; symbols that fit no width
/// have none.
unsigned WidthFor(std::uint64_t symbols) {
  unsigned width = 0;
  while (width < kSymbolBits.size() && symbols > std::uint64_t{1} << kSymbolBits[width]) ++width;
  return width;
}

template <class Code, class Record>
std::byte* WriteCodes(std::span<const Record> events, std::byte* out) {
  ForEachPolled(events, [&out](const Record& event) {
    out = WriteRaw(out, static_cast<Code>(CodeOf(event)));
  });
  return out;
}

template <std::uint64_t kTick, class Record>
std::byte* WriteDeltas(std::span<const Record> events, unsigned set, std::byte* controls,
                       const std::byte* end) {
  const std::size_t deltas = events.empty() ? 0 : events.size() - 1;
  GroupWriter writer(set, controls, controls + ControlBytes(deltas), end);
  if (deltas != 0) {
    Micros before = events.front().at;
    ForEachPolled(events.subspan(1), [&writer, &before](const Record& event) {
      writer.Put(Elapsed(before, event.at) / kTick);
      before = event.at;
    });
  }
  return writer.Finish();
}

template <class Record>
std::byte* WriteValues(const ValueLayout& layout, std::span<const Record> events, std::byte* out,
                       const std::byte* end) {
  const bool sparse = layout.present < events.size();
  *out++ = static_cast<std::byte>(layout.set | (sparse ? kSparseValues : 0));
  std::byte* marks = out;
  if (sparse) out += SymbolBytes(events.size(), 1);
  GroupWriter writer(layout.set, out, out + ControlBytes(layout.present), end);
  unsigned byte = 0;
  unsigned bit = 1;
  ForEachPolled(events, [&](const Record& event) {
    if (event.has_value()) {
      writer.Put(ZigZag(event.value));
      byte |= bit;
    }
    bit <<= 1;
    if (bit == 256) {
      if (sparse) *marks++ = static_cast<std::byte>(byte);
      byte = 0;
      bit = 1;
    }
  });
  if (sparse && bit != 1) *marks = static_cast<std::byte>(byte);
  return writer.Finish();
}

}  // namespace

bool PropertySurvey::Decide(std::size_t events, PropertyLayout* layout) const {
  if (least_ > most_) return false;  // no event has it
  const std::uint64_t symbols =
      static_cast<std::uint64_t>(std::int64_t{most_} - least_) + 1 + (absent_ ? 1 : 0);
  const unsigned width = WidthFor(symbols);
  if (width == kSymbolBits.size()) {
    // All of 2^32 properties and absence besides: events are fewer, so a dictionary can always do.
    layout->bytes = SIZE_MAX;
    return true;
  }
  layout->shape = static_cast<std::uint8_t>(width | (absent_ ? kAbsentSymbol : 0));
  layout->base = least_;
  layout->bytes = 1 + VarintBytes(ZigZag(least_)) + SymbolBytes(events, kSymbolBits[width]);
  return kSymbolBits[width] > 4;
}

void PropertySurvey::DictionaryMaker::Compact() {
  SortPolled(std::span(*entries_), memory_);
  entries_->erase(std::unique(entries_->begin(), entries_->end()), entries_->end());
  if (entries_->size() >= limit_) given_up_ = true;
  compact_at_ = std::max<std::size_t>(1024, 2 * entries_->size());
}

void PropertySurvey::DictionaryMaker::Finish(std::size_t events, bool absent,
                                             PropertyLayout* layout) {
  if (!given_up_) Compact();
  const std::size_t count = entries_->size();
  const unsigned width = WidthFor(count + (absent ? 1 : 0));
  const std::size_t bytes = 1 + VarintBytes(count) + count * sizeof(std::int32_t) +
                            SymbolBytes(events, kSymbolBits[width]);
  if (given_up_ || bytes >= layout->bytes) {
    entries_->clear();
    return;
  }
  layout->shape = static_cast<std::uint8_t>(width | (absent ? kAbsentSymbol : 0) | kDictionary);
  layout->base = 0;
  layout->bytes = bytes;
}

template <class Record>
void WriteImage(const Layout<Record>& layout, std::span<const Record> sorted, std::byte* out) {
  constexpr int kProperties = kRoom<Record>;
  const std::byte* end = out + layout.size();
  const Shape shape = Shape::Unpack(layout.header.shape);
  out = WriteRaw(out, layout.header);
  if constexpr (kProperties >= 0) {
    for (int which = 0; which <= kProperties; ++which) {
      if (layout.ColumnBytes(which) != 0) out = WriteVarint(out, layout.ColumnBytes(which));
    }
  }
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
  switch (shape.tick) {
    case 0:
      out = WriteDeltas<kTicks[0]>(sorted, shape.lengths, out, end);
      break;
    case 1:
      out = WriteDeltas<kTicks[1]>(sorted, shape.lengths, out, end);
      break;
    default:
      out = WriteDeltas<kTicks[2]>(sorted, shape.lengths, out, end);
  }
  if constexpr (kProperties >= 0) {
    if (layout.value.bytes != 0) out = WriteValues(layout.value, sorted, out, end);
    for (int which = 1; which <= kProperties; ++which) {
      const PropertyLayout& property = layout.properties[which - 1];
      if (property.bytes == 0) continue;
      out = WriteProperties(property, sorted.size(), out, [&](std::size_t i) {
        return property.SymbolOf(sorted[i].has_property(which), sorted[i].properties[which - 1]);
      });
    }
  }
}

void CheckEventCount(std::size_t count) {
  if (count > kMaxEvents) {
    throw Error(ErrorCode::kLimitExceeded, "timeline is too large",
                "A timeline holds at most " + std::to_string(kMaxEvents) + " events.");
  }
}

template void WriteImage(const Layout<Event>&, std::span<const Event>, std::byte*);
template void WriteImage(const Layout<ValuedEvent>&, std::span<const ValuedEvent>, std::byte*);
template void WriteImage(const Layout<FullEvent>&, std::span<const FullEvent>, std::byte*);

}  // namespace cdp::timeline
