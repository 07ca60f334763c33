#include "core/timeline/quick_image.h"

#include <algorithm>
#include <cstring>

#include "core/base/bytes.h"
#include "core/timeline/timeline_format.h"

namespace cdp::timeline {
namespace {

constexpr std::uint64_t kMillisecond = kTicks[1];

/// Writes numbers of four bytes at most in the first length set, controls apart.
class ShortGroups {
 public:
  ShortGroups(std::byte* controls, std::byte* payload) : controls_(controls), at_(payload) {}

  void Put(std::uint32_t number) {
    const unsigned bytes = BytesNeeded(number);
    std::memcpy(at_, &number, sizeof(number));
    at_ += bytes;
    word_ |= std::uint64_t{bytes - 1} << shift_;
    shift_ += 2;
    if (shift_ == 64) {
      std::memcpy(controls_, &word_, sizeof(word_));
      controls_ += sizeof(word_);
      word_ = 0;
      shift_ = 0;
    }
  }
  std::byte* Finish() {
    std::memcpy(controls_, &word_, (shift_ + 7) / 8);
    return at_;
  }

 private:
  std::byte* controls_;
  std::byte* at_;
  std::uint64_t word_ = 0;
  unsigned shift_ = 0;
};

/// The least width of at most four bits that holds so many symbols, as an index into kSymbolBits; 4
/// when none does, for then a dictionary may be shorter.
unsigned NarrowWidth(unsigned symbols) {
  unsigned width = 0;
  while (width < 4 && symbols > 1u << kSymbolBits[width]) ++width;
  return width;
}

}  // namespace

template <class Record>
std::span<const std::byte> QuickImage::WriteAny(std::span<const Record> events) {
  constexpr bool kValued = timeline::kRoom < Record >> 0;
  const std::size_t count = events.size();
  if (count < 1 || count > kMostEvents) return {};
  if (count > 1 && Elapsed(events[0].at, events[1].at) % kTicks[2] == 0) return {};

  std::byte* const codes = image_.data() + kHeadRoom;
  std::byte* const controls = codes + count;
  ShortGroups deltas(controls, controls + ControlBytes(count - 1));
  std::uint64_t unfit = 0;  // not zero once an event is not like that
  std::uint64_t code_bits = 0;
  std::size_t values = 0;
  unsigned with_property = 0;
  unsigned least = 0xff;
  unsigned most = 0;
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Record& event = events[i];
    const auto code = static_cast<std::uint32_t>(CodeOf(event));
    codes[i] = static_cast<std::byte>(code);
    code_bits |= CodeBit(CodeOf(event));
    unfit |= code >> 8;
    const auto at = static_cast<std::uint64_t>(event.at);
    if (i != 0) {
      const std::uint64_t delta = at - before;
      const std::uint64_t ticks = delta / kMillisecond;
      unfit |= (delta - ticks * kMillisecond) | ticks >> 32 | (delta - 1) >> 63;
      deltas.Put(static_cast<std::uint32_t>(ticks));
    }
    before = at;
    if constexpr (kValued) {
      const std::uint64_t value = ZigZag(event.value);
      const std::uint64_t has_value = event.present & 1;
      values_[values] = value;
      values += has_value;
      std::uint64_t& marks = has_value_[i / 64];
      marks = (i % 64 == 0 ? 0 : marks) | has_value << i % 64;
      const auto property = static_cast<std::uint32_t>(event.properties[0]);
      property_[i] = static_cast<std::uint8_t>(property);
      with_property += event.present >> 1;
      unfit |= value >> 32 | property >> 8;
      least = std::min<unsigned>(least, property & 0xff);
      most = std::max<unsigned>(most, property & 0xff);
    }
  }
  if (unfit != 0 || (with_property != 0 && with_property != count)) return {};
  const unsigned width = with_property == 0 ? 0 : NarrowWidth(most - least + 1);
  if (kSymbolBits[width] > 4) return {};

  std::byte* end = deltas.Finish();
  ImageHeader header{};
  header.version = kSealedVersion;
  header.flags = static_cast<std::uint8_t>((values != 0 ? 1 : 0) | (with_property != 0 ? 2 : 0));
  header.shape = Shape{count > 1 ? 1u : 2u, 0, 0}.Pack();
  header.count = static_cast<std::uint32_t>(count);
  header.first = events.front().at;
  header.last = events.back().at;
  header.code_bits = code_bits;
  std::byte lengths[2 * 3];
  std::byte* lengths_end = lengths;
  if (values != 0) {
    std::byte* const column = end;
    end = WriteValues(count, values, column);
    lengths_end = WriteVarint(lengths_end, static_cast<std::size_t>(end - column));
  }
  if (with_property != 0) {
    std::byte* const column = end;
    end = WriteProperty(count, least, width, column);
    lengths_end = WriteVarint(lengths_end, static_cast<std::size_t>(end - column));
  }
  const auto lengths_bytes = static_cast<std::size_t>(lengths_end - lengths);
  std::byte* const begin = codes - lengths_bytes - sizeof(header);
  std::memcpy(WriteRaw(begin, header), lengths, lengths_bytes);
  return {begin, end};
}

std::byte* QuickImage::WriteValues(std::size_t events, std::size_t values, std::byte* out) const {
  const bool sparse = values < events;
  *out++ = static_cast<std::byte>(sparse ? kSparseValues : 0);
  if (sparse) {
    std::memcpy(out, has_value_.data(), SymbolBytes(events, 1));
    out += SymbolBytes(events, 1);
  }
  ShortGroups groups(out, out + ControlBytes(values));
  for (std::size_t i = 0; i < values; ++i) groups.Put(static_cast<std::uint32_t>(values_[i]));
  return groups.Finish();
}

std::byte* QuickImage::WriteProperty(std::size_t events, unsigned least, unsigned width,
                                     std::byte* out) {
  *out++ = static_cast<std::byte>(width);
  out = WriteVarint(out, ZigZag(least));
  const unsigned bits = kSymbolBits[width];
  if (bits == 0) return out;
  std::byte* const begin = out;
  // Symbols behind the last are zero.
  std::fill_n(property_.begin() + static_cast<std::ptrdiff_t>(events), 8,
              static_cast<std::uint8_t>(least));
  for (std::size_t i = 0; i < events; i += 8) {
    std::uint64_t
        symbols;  // a byte each: they are moved together, two to one, as often as it takes
    std::memcpy(&symbols, &property_[i], sizeof(symbols));
    symbols -= least * 0x0101010101010101u;
    if (bits == 1) symbols = (symbols | symbols >> 7) & 0x0003000300030003u;
    if (bits == 2) symbols = (symbols | symbols >> 6) & 0x000f000f000f000fu;
    if (bits == 4) symbols = (symbols | symbols >> 4) & 0x00ff00ff00ff00ffu;
    symbols = (symbols | symbols >> (16 - 2 * bits)) & (bits == 4   ? 0x0000ffff0000ffffu
                                                        : bits == 2 ? 0x000000ff000000ffu
                                                                    : 0x0000000f0000000fu);
    symbols |= symbols >> (32 - 4 * bits);
    std::memcpy(out, &symbols, 4);
    out += bits;
  }
  return begin + SymbolBytes(events, bits);
}

template std::span<const std::byte> QuickImage::WriteAny(std::span<const Event>);
template std::span<const std::byte> QuickImage::WriteAny(std::span<const ValuedEvent>);

}  // namespace cdp::timeline
