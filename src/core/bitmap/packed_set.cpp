#include "core/bitmap/packed_set.h"

#include <algorithm>
#include <bit>
#include <span>

#include "core/base/bytes.h"
#include "core/base/stop.h"

namespace cdp::bitmap {
namespace {

constexpr std::uint8_t kPackedVersion = 1;
constexpr std::uint16_t kMostLowBits = 15;

struct Header {
  std::uint8_t version;
  std::uint8_t zero[3];
  std::uint32_t entries;
};
static_assert(sizeof(Header) == 8);

/// Values that share their high 16 bits.
struct Entry {
  std::uint16_t key;
  std::uint16_t last_place;  ///< how many there are, less one
  std::uint16_t low_bits;    ///< of a gap, that stand as they are
  std::uint16_t bytes;       ///< that the gaps take

  std::uint32_t count() const { return last_place + 1u; }
};
static_assert(sizeof(Entry) == 8);

[[noreturn]] void Corrupt(const char* why) {
  throw Error(ErrorCode::kCorruptData, "packed set is corrupt", why);
}

std::uint64_t BitsOf(std::span<const std::uint16_t> gaps, unsigned low_bits) {
  std::uint64_t bits = gaps.size() * (low_bits + 1);
  for (const std::uint16_t gap : gaps) bits += gap >> low_bits;
  return bits;
}

struct Coding {
  std::uint16_t low_bits;
  std::uint64_t bits;
};

/// The shortest one. What one low bit more saves is less with each, so going to where the next one
/// saves nothing finds it.
Coding BestCoding(std::span<const std::uint16_t> gaps) {
  Coding best = {0, BitsOf(gaps, 0)};
  while (best.low_bits < kMostLowBits) {
    const auto low_bits = static_cast<std::uint16_t>(best.low_bits + 1);
    const std::uint64_t bits = BitsOf(gaps, low_bits);
    if (bits >= best.bits) break;
    best = {low_bits, bits};
  }
  return best;
}

/// Appends bits, from the lowest of a byte upwards.
class BitWriter {
 public:
  explicit BitWriter(std::byte* out) : out_(out) {}

  void Write(std::uint64_t bits, unsigned width) {
    window_ |= bits << held_;
    held_ += width;
    for (; held_ >= 8; held_ -= 8, window_ >>= 8) *out_++ = static_cast<std::byte>(window_ & 0xff);
  }
  void WriteZeros(std::uint32_t count) {
    for (; count > 32; count -= 32) Write(0, 32);
    Write(0, count);
  }
  void Finish() {
    if (held_ > 0) *out_ = static_cast<std::byte>(window_);
  }

 private:
  std::byte* out_;
  std::uint64_t window_ = 0;
  unsigned held_ = 0;
};

/// Reads gaps from bits as BitWriter has them.
class GapReader {
 public:
  GapReader(Bytes code, std::uint16_t low_bits)
      : at_(code.data()), end_(code.data() + code.size()), low_bits_(low_bits) {}

  std::uint64_t Next() {
    if (held_ < kUsual) Fill();
    const auto zeros = static_cast<unsigned>(std::countr_zero(window_));
    if (zeros + 1 + low_bits_ > held_) [[unlikely]]
      return NextLong();
    const std::uint64_t gap = Gap(zeros, window_ >> zeros >> 1);
    Drop(zeros + 1 + low_bits_);
    return gap;
  }
  /// Is nothing left but what fills the last byte?
  bool done() const { return at_ == end_ && held_ < 8 && window_ == 0; }

 private:
  static constexpr unsigned kUsual = 32;

  std::uint64_t Gap(std::uint64_t zeros, std::uint64_t bits) const {
    return zeros << low_bits_ | (bits & ((std::uint64_t{1} << low_bits_) - 1));
  }
  /// One that the window may not hold as a whole.
  std::uint64_t NextLong() {
    std::uint64_t zeros = 0;
    while (window_ == 0) {
      zeros += held_;
      held_ = 0;
      Fill();
      if (held_ == 0) Corrupt("The gaps are truncated.");
    }
    const auto last = static_cast<unsigned>(std::countr_zero(window_));
    Drop(last + 1);
    Fill();
    if (held_ < low_bits_) Corrupt("The gaps are truncated.");
    const std::uint64_t gap = Gap(zeros + last, window_);
    Drop(low_bits_);
    return gap;
  }
  /// To more than 56 bits, while there are any. Above those that are held the window is zero.
  void Fill() {
    if (end_ - at_ >= 8) {
      const unsigned bytes = (64 - held_) / 8;
      if (bytes == 0) return;
      const std::uint64_t next = LoadAt<std::uint64_t>(at_) & ~std::uint64_t{0} >> (64 - 8 * bytes);
      window_ |= next << held_;
      at_ += bytes;
      held_ += 8 * bytes;
      return;
    }
    for (; held_ <= 56 && at_ != end_; held_ += 8) {
      window_ |= std::to_integer<std::uint64_t>(*at_++) << held_;
    }
  }
  void Drop(unsigned count) {
    window_ = count < 64 ? window_ >> count : 0;
    held_ -= count;
  }

  const std::byte* at_;
  const std::byte* end_;
  unsigned low_bits_;
  std::uint64_t window_ = 0;
  unsigned held_ = 0;
};

/// Calls `value(low)` for the low 16 bits of each value of an entry, ascending.
template <class Value>
void ForEachLow(const Entry& entry, Bytes code, Value value) {
  GapReader reader(code, entry.low_bits);
  std::uint64_t next = 0;
  for (std::uint32_t i = entry.count(); i > 0; --i) {
    next += reader.Next();
    if (next > 0xffff) Corrupt("A value is beyond those of its entry.");
    value(static_cast<std::uint32_t>(next++));
  }
  if (!reader.done()) Corrupt("An entry has more than the table tells.");
}

/// Calls `body(entry, code)` for each entry.
template <class Body>
void ForEachEntry(Bytes table, Bytes codes, Body body) {
  for (; !table.empty(); table = table.subspan(sizeof(Entry))) {
    const auto entry = LoadAt<Entry>(table.data());
    body(entry, codes.first(entry.bytes));
    codes = codes.subspan(entry.bytes);
  }
}

}  // namespace

std::pmr::vector<std::byte> PackedSet(const BitmapView& set, std::pmr::memory_resource* memory) {
  std::pmr::vector<std::byte> bytes(sizeof(Header) + set.containers() * sizeof(Entry), memory);
  std::byte* table = WriteRaw(bytes.data(), Header{kPackedVersion, {}, set.containers()});
  std::size_t entry_at = static_cast<std::size_t>(table - bytes.data());
  std::pmr::vector<std::uint32_t> values(memory);
  std::pmr::vector<std::uint16_t> gaps(memory);
  for (std::uint32_t i = 0; i < set.containers(); ++i, entry_at += sizeof(Entry)) {
    CheckStop();
    const Container container = set.At(i);
    values.resize(container.cardinality);
    container.Decode(values.data());
    gaps.clear();
    std::uint32_t next = 0;
    for (const std::uint32_t value : values) {
      const std::uint32_t low = value & 0xffff;
      if (low < next) MalformedBitmap();
      gaps.push_back(static_cast<std::uint16_t>(low - next));
      next = low + 1;
    }
    const Coding coding = BestCoding(gaps);
    const std::size_t size = static_cast<std::size_t>((coding.bits + 7) / 8);
    StoreAt(bytes.data() + entry_at, Entry{static_cast<std::uint16_t>(set.Key(i)),
                                           static_cast<std::uint16_t>(gaps.size() - 1),
                                           coding.low_bits, static_cast<std::uint16_t>(size)});
    bytes.resize(bytes.size() + size);
    BitWriter writer(bytes.data() + bytes.size() - size);
    for (const std::uint16_t gap : gaps) {
      writer.WriteZeros(gap >> coding.low_bits);
      writer.Write(1, 1);
      writer.Write(gap & ((1u << coding.low_bits) - 1), coding.low_bits);
    }
    writer.Finish();
  }
  return bytes;
}

PackedSetView::PackedSetView(Bytes bytes) {
  ByteReader reader(bytes, "packed set");
  const auto header = reader.Read<Header>();
  if (header.version != kPackedVersion || header.entries > kMaxContainers) {
    Corrupt("The header is none.");
  }
  table_ = reader.ReadSpan(header.entries * sizeof(Entry));
  std::uint64_t size = 0;
  std::int32_t key = -1;
  for (std::size_t at = 0; at < table_.size(); at += sizeof(Entry)) {
    const auto entry = LoadAt<Entry>(table_.data() + at);
    // Each value takes its low bits and one at least: nobody is made to allocate for more.
    if (entry.key <= key || entry.low_bits > kMostLowBits ||
        entry.count() * (entry.low_bits + 1u) > 8u * entry.bytes) {
      Corrupt("The table contradicts itself.");
    }
    key = entry.key;
    size += entry.bytes;
  }
  codes_ = reader.ReadSpan(size);
  if (!reader.done()) Corrupt("There is more than the table tells.");
}

std::uint64_t PackedSetView::Count() const {
  std::uint64_t count = 0;
  ForEachEntry(table_, codes_, [&count](const Entry& entry, Bytes) { count += entry.count(); });
  return count;
}

std::pmr::vector<std::uint32_t> PackedSetView::Values(std::pmr::memory_resource* memory) const {
  std::pmr::vector<std::uint32_t> values(Count(), memory);
  std::uint32_t* out = values.data();
  ForEachEntry(table_, codes_, [&out](const Entry& entry, Bytes code) {
    CheckStop();
    const std::uint32_t high = std::uint32_t{entry.key} << 16;
    ForEachLow(entry, code, [&](std::uint32_t low) { *out++ = high | low; });
  });
  return values;
}

std::optional<std::uint64_t> PackedSetView::PlaceOf(std::uint32_t value) const {
  std::uint64_t place = 0;
  bool is_there = false;
  ForEachEntry(table_, codes_, [&](const Entry& entry, Bytes code) {
    if (entry.key < value >> 16) place += entry.count();
    if (entry.key != value >> 16) return;
    ForEachLow(entry, code, [&](std::uint32_t low) {
      place += low < (value & 0xffff);
      is_there = is_there || low == (value & 0xffff);
    });
  });
  return is_there ? std::optional(place) : std::nullopt;
}

}  // namespace cdp::bitmap
