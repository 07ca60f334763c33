#include "core/timeline/timeline_join.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <vector>

#include "core/base/copy.h"
#include "core/base/scratch.h"
#include "core/timeline/timeline_reader.h"
#include "core/timeline/timeline_writer.h"

namespace cdp::timeline {
namespace {

using Numbers = std::pmr::vector<std::uint64_t>;

/// What follows from the headers; the length set of the distances is still to be chosen.
ImageHeader HeaderOf(std::span<const View> parts) {
  ImageHeader header = parts[0].header();
  Shape shape = parts[0].shape();
  std::size_t count = 0;
  for (const View& part : parts) {
    count += part.count();
    shape.width_log2 = std::max(shape.width_log2, part.shape().width_log2);
    shape.tick = std::min(shape.tick, part.shape().tick);
    header.flags |= part.header().flags;
    header.code_bits |= part.code_bits();
  }
  CheckEventCount(count);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    while (Elapsed(parts[i - 1].last(), parts[i].first()) % kTicks[shape.tick] != 0) --shape.tick;
  }
  header.count = static_cast<std::uint32_t>(count);
  header.last = parts.back().last();
  header.shape = shape.Pack();
  return header;
}

/// Which of the lengths of a set a number of so many bytes takes; four when it is longer than all.
unsigned SlotOf(unsigned set, unsigned needed) {
  unsigned slot = 0;
  while (slot < kLengthSets[set].size() && kLengthSets[set][slot] < needed) ++slot;
  return slot;
}

/// Whether no set stores the number in fewer bytes than this one.
bool BestFor(unsigned set, unsigned needed) {
  const unsigned slot = SlotOf(set, needed);
  if (slot == kLengthSets[set].size()) return false;
  for (unsigned other = 0; other < kLengthSets.size(); ++other) {
    const unsigned others = SlotOf(other, needed);
    if (others < kLengthSets[other].size() && kLengthSets[other][others] < kLengthSets[set][slot]) {
      return false;
    }
  }
  return true;
}

/// The set and the bytes of all distances where they can be put behind each other as they are, all
/// of one tick and of the same set: which is best for each part and for what lies between them is
/// best for the whole.
std::optional<LengthCounts::Choice> FitAsTheyAre(std::span<const View> parts,
                                                 const ImageHeader& header) {
  const unsigned tick = Shape::Unpack(header.shape).tick;
  std::optional<unsigned> set;
  std::size_t bytes = 0;
  for (const View& part : parts) {
    const Shape own = part.shape();
    bytes += part.deltas().size();
    if (part.count() == 1) continue;
    if (own.tick != tick || (set && *set != own.lengths)) return std::nullopt;
    set = own.lengths;
  }
  if (!set) return std::nullopt;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const unsigned needed =
        BytesNeeded(Elapsed(parts[i - 1].last(), parts[i].first()) / kTicks[tick]);
    if (!BestFor(*set, needed)) return std::nullopt;
    bytes += kLengthSets[*set][SlotOf(*set, needed)];
  }
  return LengthCounts::Choice{*set, bytes};
}

/// Writes bits behind bits.
class BitWriter {
 public:
  explicit BitWriter(std::byte* at) : at_(at) {}

  /// At most 24; those above them are zero.
  void Put(std::uint32_t bits, std::size_t count) {
    pending_ |= bits << filled_;
    for (filled_ += static_cast<unsigned>(count); filled_ >= 8; filled_ -= 8) {
      *at_++ = static_cast<std::byte>(pending_);
      pending_ >>= 8;
    }
  }
  void Put(const std::byte* bits, std::size_t count) {
    for (; count >= 8; count -= 8) Put(std::to_integer<std::uint32_t>(*bits++), 8);
    if (count != 0) Put(std::to_integer<std::uint32_t>(*bits) & ((1u << count) - 1), count);
  }
  void Finish() {
    if (filled_ != 0) *at_ = static_cast<std::byte>(pending_);
  }

 private:
  std::byte* at_;
  std::uint32_t pending_ = 0;
  unsigned filled_ = 0;
};

/// Writes distances that fit as they are.
std::byte* PutDistances(std::span<const View> parts, const ImageHeader& header, std::byte* out) {
  const Shape shape = Shape::Unpack(header.shape);
  BitWriter controls(out);
  out += ControlBytes(header.count - 1);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) {
      const std::uint64_t distance =
          Elapsed(parts[i - 1].last(), parts[i].first()) / kTicks[shape.tick];
      const unsigned slot = SlotOf(shape.lengths, BytesNeeded(distance));
      controls.Put(slot, 2);
      std::memcpy(out, &distance, kLengthSets[shape.lengths][slot]);
      out += kLengthSets[shape.lengths][slot];
    }
    controls.Put(parts[i].controls(), 2 * (parts[i].count() - 1));
    CopyBytes(out, parts[i].deltas().data(), parts[i].deltas().size());
    out += parts[i].deltas().size();
  }
  controls.Finish();
  return out;
}

/// The distances from event to event, in ticks.
Numbers DistancesOf(std::span<const View> parts, const ImageHeader& header,
                    std::pmr::memory_resource* memory) {
  const std::uint64_t tick = kTicks[Shape::Unpack(header.shape).tick];
  // A reader writes whole groups.
  Numbers distances(header.count + 4, memory);
  std::uint64_t* out = distances.data();
  StopTicker ticker;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const View& part = parts[i];
    if (i > 0) *out++ = Elapsed(parts[i - 1].last(), part.first()) / tick;
    GroupReader reader(
        {part.controls(), part.deltas(), part.end(), part.count() - 1, part.shape().lengths},
        GroupReader::Give::kNumbers);
    const std::uint64_t factor = kTicks[part.shape().tick] / tick;
    while (const std::size_t n = reader.Next(out)) {
      if (factor != 1) {
        for (std::size_t j = 0; j < n; ++j) out[j] *= factor;
      }
      out += n;
      ticker.Step(static_cast<std::uint32_t>(n));
    }
  }
  distances.resize(header.count - 1);
  return distances;
}

LengthCounts LengthsOf(const Numbers& numbers) {
  LengthCounts lengths;
  ForEachPolled(std::span(numbers), [&lengths](std::uint64_t number) { lengths.Add(number); });
  return lengths;
}

std::byte* WriteGroup(unsigned set, const Numbers& numbers, std::byte* out, const std::byte* end) {
  GroupWriter writer(set, out, out + ControlBytes(numbers.size()), end);
  ForEachPolled(std::span(numbers), [&writer](std::uint64_t number) { writer.Put(number); });
  return writer.Finish();
}

/// The values of all events.
struct ValueColumn {
  ValueColumn(std::span<const View> parts, std::size_t events, std::pmr::memory_resource* memory)
      : present(SymbolBytes(events, 1), memory), numbers(memory) {
    std::size_t index = 0;
    ValueBlock block;
    StopTicker ticker;
    for (const View& part : parts) {
      if (!part.has_values()) {
        index += part.count();
        continue;
      }
      ValueReader reader(part);
      for (std::size_t left = part.count(); left > 0;) {
        const std::size_t n = std::min(left, TimeReader::kBlock);
        reader.Next(n, &block);
        for (std::size_t i = 0; i < n; ++i, ++index) {
          if (!block.Has(i)) continue;
          present[index / 8] |= static_cast<std::byte>(1 << (index % 8));
          numbers.push_back(ZigZag(block.value[i]));
        }
        left -= n;
        ticker.Step(static_cast<std::uint32_t>(n));
      }
    }
  }

  std::byte* Write(const ValueLayout& layout, std::size_t events, std::byte* out,
                   const std::byte* end) const {
    const bool sparse = layout.present < events;
    *out++ = static_cast<std::byte>(layout.set | (sparse ? kSparseValues : 0));
    if (sparse) out = std::copy(present.begin(), present.end(), out);
    return WriteGroup(layout.set, numbers, out, end);
  }

  std::pmr::vector<std::byte> present;  ///< a bit an event
  Numbers numbers;
};

/// A property of all events. `lent` is for room that is given back, which `memory` need not do.
struct Properties {
  Properties(std::span<const View> parts, int which, std::size_t events,
             std::pmr::memory_resource* memory, std::pmr::memory_resource* lent,
             PropertyLayout* layout)
      : has(events, memory), values(events, memory) {
    PropertySurvey survey;
    StopTicker ticker;
    std::size_t from = 0;
    for (const View& part : parts) {
      const PropertyColumn column(part, which);
      if (column.empty()) {
        survey.Add(false, 0);
      } else {
        constexpr std::size_t kPiece = std::size_t{1} << 16;
        for (std::size_t begin = 0; begin < part.count(); begin += kPiece) {
          const std::size_t n = std::min(kPiece, part.count() - begin);
          column.ForEach(begin, n, [&](std::size_t i, bool present, std::int32_t property) {
            has[from + begin + i] = present;
            values[from + begin + i] = property;
            survey.Add(present, property);
          });
          ticker.Step(static_cast<std::uint32_t>(n));
        }
      }
      from += part.count();
    }
    if (survey.Decide(events, layout)) {
      survey.TryDictionary(events, layout, lent, [&](auto&& visit) {
        for (std::size_t i = 0; i < has.size(); ++i) {
          if (has[i] != 0) visit(values[i]);
          ticker.Step();
        }
      });
    }
  }

  std::pmr::vector<std::uint8_t> has;
  std::pmr::vector<std::int32_t> values;
};

template <class To>
std::byte* WriteCodes(std::span<const View> parts, std::byte* out) {
  StopTicker ticker;
  for (const View& part : parts) {
    if (sizeof(To) == std::size_t{1} << part.shape().width_log2) {
      CopyBytes(out, part.codes(), part.count() * sizeof(To));
      out += part.count() * sizeof(To);
      continue;
    }
    WithCodes(part, [&](auto codes) {
      for (std::size_t i = 0; i < part.count(); ++i) {
        out = WriteRaw(out, static_cast<To>(codes[i]));
        ticker.Step();
      }
    });
  }
  return out;
}

std::byte* WriteCodes(std::span<const View> parts, const Shape& shape, std::byte* out) {
  return shape.width_log2 == 0   ? WriteCodes<std::uint8_t>(parts, out)
         : shape.width_log2 == 1 ? WriteCodes<std::uint16_t>(parts, out)
                                 : WriteCodes<std::int32_t>(parts, out);
}

}  // namespace

bool FollowEachOther(std::span<const View> parts) {
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i - 1].last() >= parts[i].first()) return false;
  }
  return true;
}

std::span<const std::byte> JoinedImage(std::span<const View> parts,
                                       std::pmr::memory_resource* memory) {
  ImageHeader header = HeaderOf(parts);
  Shape shape = Shape::Unpack(header.shape);
  const auto fit = FitAsTheyAre(parts, header);
  Scratch scratch(memory);
  Numbers distances(&scratch);
  if (!fit) distances = DistancesOf(parts, header, &scratch);
  const LengthCounts::Choice deltas = fit ? *fit : LengthsOf(distances).Best();
  shape.lengths = deltas.set;
  header.shape = shape.Pack();
  if (fit && header.flags == 0) {
    const std::size_t size = sizeof(header) + (std::size_t{header.count} << shape.width_log2) +
                             ControlBytes(header.count - 1) + deltas.bytes;
    auto* const image = static_cast<std::byte*>(memory->allocate(size, 1));
    PutDistances(parts, header, WriteCodes(parts, shape, WriteRaw(image, header)));
    return {image, size};
  }
  Layout<FullEvent> layout(&scratch);
  layout.header = header;
  layout.delta_bytes = deltas.bytes;
  const std::size_t events = header.count;
  std::optional<ValueColumn> values;
  if ((header.flags & 1) != 0) {
    values.emplace(parts, events, &scratch);
    layout.value = ValueLayout(LengthsOf(values->numbers), values->numbers.size(), events);
  }
  std::array<std::optional<Properties>, kMaxProperties> properties;
  for (int i = 0; i < kMaxProperties; ++i) {
    if ((header.flags >> (i + 1) & 1) == 0) continue;
    properties[i].emplace(parts, i + 1, events, &scratch, memory, &layout.properties[i]);
  }

  const std::size_t size = layout.size();
  auto* const image = static_cast<std::byte*>(memory->allocate(size, 1));
  std::byte* out = WriteRaw(image, header);
  for (int which = 0; which < kOptionalColumns; ++which) {
    if (layout.ColumnBytes(which) != 0) out = WriteVarint(out, layout.ColumnBytes(which));
  }
  out = WriteCodes(parts, shape, out);
  out =
      fit ? PutDistances(parts, header, out) : WriteGroup(deltas.set, distances, out, image + size);
  if (layout.value.bytes != 0) out = values->Write(layout.value, events, out, image + size);
  for (int i = 0; i < kMaxProperties; ++i) {
    const PropertyLayout& property = layout.properties[i];
    if (property.bytes == 0) continue;
    out = WriteProperties(property, events, out, [&](std::size_t event) {
      return property.SymbolOf(properties[i]->has[event] != 0, properties[i]->values[event]);
    });
  }
  return {image, size};
}

}  // namespace cdp::timeline
