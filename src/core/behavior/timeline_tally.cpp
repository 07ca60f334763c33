#include "core/behavior/timeline_tally.h"

#include <algorithm>
#include <string>

#include "core/base/bytes.h"
#include "core/base/sort.h"
#include "core/base/stop.h"

namespace cdp::behavior {
namespace {

using Payload = std::span<const std::byte>;

constexpr char kWhat[] = "tally";
constexpr unsigned kMaxSlotsLog2 = 30;
constexpr std::size_t kMaxBytes = 0x3fffffff;  // of a value of the server's
constexpr std::size_t kHeaderPayload = sizeof(TallyHeader) - kTallyLengthWord;

struct Opened {
  TallyHeader header;
  Payload rest;
};

// Checks what both forms share.
Opened Open(Payload payload, std::uint8_t version) {
  ByteReader in(payload, kWhat);
  TallyHeader header{};
  const Payload bytes = in.ReadSpan(kHeaderPayload);
  std::memcpy(reinterpret_cast<std::byte*>(&header) + kTallyLengthWord, bytes.data(), bytes.size());
  if (header.version != version) {
    throw Error(ErrorCode::kCorruptData, "unrecognized tally format",
                "The value begins with version " + std::to_string(header.version) + ".");
  }
  if (header.kind == 0 || header.kind > kLastTallyKind || header.parts == 0 ||
      header.parts > kMaxTallyParts || header.totals > 1) {
    in.Corrupt("Its header has unknown numbers.");
  }
  return {header, payload.subspan(kHeaderPayload)};
}

void CheckSame(const TallyShape& a, const TallyShape& b) {
  if (a == b) return;
  throw Error(ErrorCode::kInvalidArgument, "tallies of different questions cannot be added",
              "All arguments but the timeline must be the same for all rows of a group.");
}

bool KeyBefore(const TallyRow& a, const TallyRow& b, int parts) {
  return std::lexicographical_compare(a.key, a.key + parts, b.key, b.key + parts);
}

}  // namespace

std::size_t TallyTable::SizeOf(const TallyShape& shape, unsigned slots_log2) {
  return sizeof(TallyHeader) +
         (PlacesOf(shape, slots_log2) + (SlotWords(shape) << slots_log2)) * sizeof(std::uint64_t);
}

TallyTable::TallyTable(const TallyShape& shape, std::pmr::memory_resource* memory)
    : memory_(memory), owned_(true) {
  const std::size_t size = SizeOf(shape, kFirstSlotsLog2);
  void* block = memory->allocate(size, alignof(std::uint64_t));
  std::memset(block, 0, size);
  auto* header = static_cast<TallyHeader*>(block);
  *header = {0,
             kTallyBuildVersion,
             static_cast<std::uint8_t>(shape.kind),
             shape.parts,
             static_cast<std::uint8_t>(shape.totals),
             0,
             kFirstSlotsLog2,
             shape.question};
  Attach(header);
}

TallyTable::TallyTable(TallyHeader* block, std::size_t size, const TallyShape& shape,
                       std::pmr::memory_resource* memory)
    : memory_(memory) {
  const auto* bytes = reinterpret_cast<const std::byte*>(block) + kTallyLengthWord;
  const TallyHeader header = Open({bytes, size - kTallyLengthWord}, kTallyBuildVersion).header;
  CheckSame(header.shape(), shape);
  if (header.slots_log2 < kFirstSlotsLog2 || header.slots_log2 > kMaxSlotsLog2 ||
      SizeOf(shape, header.slots_log2) != size || header.used >> header.slots_log2 != 0) {
    throw Error(ErrorCode::kCorruptData, "tally is corrupt",
                "Its table is not as long as it says.");
  }
  Attach(block);
}

void TallyTable::Attach(TallyHeader* block) {
  block_ = block;
  const TallyShape shape = block->shape();
  const std::size_t places = PlacesOf(shape, block->slots_log2);
  auto* const words = reinterpret_cast<std::uint64_t*>(block + 1);
  few_codes_ = places == 0 ? nullptr : words;
  slots_ = words + places;
  words_ = WordsOf(block->parts);
  stride_ = SlotWords(shape);
  const std::size_t slots = std::size_t{1} << block->slots_log2;
  mask_ = slots - 1;
  shift_ = 64 - block->slots_log2;
  // The last table that a value can be is filled further, for none follows.
  const bool last = SizeOf(shape, block->slots_log2 + 1U) > kMaxBytes;
  limit_ = static_cast<std::uint32_t>(last ? slots / 8 * 7 : slots / 2);
}

void TallyTable::Grow() {
  TallyHeader* const old = block_;
  const bool old_owned = owned_;
  const std::uint64_t* const places = few_codes_;
  const std::uint64_t* from = slots_;
  const std::size_t slots = mask_ + 1;
  const std::size_t old_size = size();
  const std::size_t new_size = SizeOf(old->shape(), old->slots_log2 + 1U);
  if (new_size > kMaxBytes) {
    throw Error(ErrorCode::kLimitExceeded, "tally has too many different keys",
                "It holds " + std::to_string(old->used) + ", and a value has no room for more.");
  }
  void* block = memory_->allocate(new_size, alignof(std::uint64_t));
  std::memset(block, 0, new_size);
  auto* header = static_cast<TallyHeader*>(block);
  *header = *old;
  header->used = 0;
  ++header->slots_log2;
  Attach(header);
  owned_ = true;
  if (places != nullptr) std::copy(places, places + kFewCodesPlaces, few_codes_);
  StopTicker ticker;
  for (std::size_t i = 0; i < slots; ++i, from += stride_) {
    if (from[words_] == 0) continue;
    std::memcpy(Find<0>(from), from + words_, (stride_ - words_) * sizeof(std::uint64_t));
    ticker.Step();
  }
  if (old_owned) memory_->deallocate(old, old_size, alignof(std::uint64_t));
}

void TallyTable::Raise(std::uint64_t* number, std::int64_t by) {
  std::int64_t sum;
  if (__builtin_add_overflow(static_cast<std::int64_t>(*number), by, &sum)) {
    throw Error(ErrorCode::kOutOfRange, "bigint out of range");
  }
  *number = static_cast<std::uint64_t>(sum);
}

void TallyTable::Merge(Payload payload) {
  const TallyShape shape = block_->shape();
  StopTicker ticker;
  if (!IsTallyBuild(payload)) {
    const TallyView view(payload);
    CheckSame(view.shape(), shape);
    for (std::size_t i = 0; i < view.size(); ++i) {
      const TallyRow row = view.At(i);
      Add({row.key, shape.parts}, row.count, row.total);
      ticker.Step();
    }
    return;
  }
  const Opened other = Open(payload, kTallyBuildVersion);
  CheckSame(other.header.shape(), shape);
  const std::size_t places = PlacesOf(shape, other.header.slots_log2);
  ByteReader in(other.rest, kWhat);
  const Payload counts = in.ReadSpan(places * sizeof(std::uint64_t));
  for (std::size_t place = 0; place < places; ++place) {
    std::int64_t count;
    std::memcpy(&count, counts.data() + place * sizeof(count), sizeof(count));
    if (count != 0) AddKey(FewCodesKey(place).words, count, 0);
  }
  const Payload slots = in.ReadSpan(in.left());
  const std::size_t slot_bytes = stride_ * sizeof(std::uint64_t);
  for (std::size_t at = 0; at + slot_bytes <= slots.size(); at += slot_bytes) {
    std::uint64_t slot[kMaxWords + 2] = {};
    std::memcpy(slot, slots.data() + at, slot_bytes);
    ticker.Step();
    const auto count = static_cast<std::int64_t>(slot[words_]);
    if (count == 0) continue;
    AddWords(slot, count, shape.totals ? static_cast<std::int64_t>(slot[words_ + 1]) : 0);
  }
}

TallyView::TallyView(Payload payload) : shape_{}, size_(0), row_bytes_(0) {
  const Opened opened = Open(payload, kTallyVersion);
  shape_ = opened.header.shape();
  size_ = opened.header.used;
  row_bytes_ = shape_.parts * sizeof(std::int32_t) + (shape_.totals ? 2 : 1) * sizeof(std::int64_t);
  rows_ = opened.rest;
  if (opened.header.slots_log2 != 0 || rows_.size() / row_bytes_ != size_ ||
      rows_.size() % row_bytes_ != 0) {
    throw Error(ErrorCode::kCorruptData, "tally is corrupt", "Its length is not that of its rows.");
  }
}

TallyRow TallyView::At(std::size_t index) const {
  TallyRow row{};
  const std::byte* at = rows_.data() + index * row_bytes_;
  std::memcpy(row.key, at, shape_.parts * sizeof(std::int32_t));
  at += shape_.parts * sizeof(std::int32_t);
  std::memcpy(&row.count, at, sizeof(row.count));
  if (shape_.totals) std::memcpy(&row.total, at + sizeof(row.count), sizeof(row.total));
  if (row.count <= 0) {
    throw Error(ErrorCode::kCorruptData, "tally is corrupt", "A row was counted less than once.");
  }
  return row;
}

std::pmr::vector<std::byte> SealTally(const TallyTable& table, std::pmr::memory_resource* memory) {
  const TallyHeader& from = *table.block();
  const TallyShape shape = from.shape();
  std::pmr::vector<TallyRow> rows(memory);
  rows.reserve(from.used);
  StopTicker ticker;
  table.ForEachRow([&](const std::uint64_t* key, const std::uint64_t* numbers) {
    ticker.Step();
    TallyRow row{};
    std::memcpy(row.key, key, shape.parts * sizeof(std::int32_t));
    row.count = static_cast<std::int64_t>(numbers[0]);
    row.total = shape.totals ? static_cast<std::int64_t>(numbers[1]) : 0;
    rows.push_back(row);
  });
  SortPolledInPlace(std::span(rows), [&](const TallyRow& a, const TallyRow& b) {
    return KeyBefore(a, b, shape.parts);
  });
  const std::size_t row_bytes = shape.parts * 4 + (shape.totals ? 16 : 8);
  std::pmr::vector<std::byte> payload(kHeaderPayload + rows.size() * row_bytes, memory);
  TallyHeader header = from;
  header.version = kTallyVersion;
  header.used = static_cast<std::uint32_t>(rows.size());
  header.slots_log2 = 0;
  std::memcpy(payload.data(), reinterpret_cast<const std::byte*>(&header) + kTallyLengthWord,
              kHeaderPayload);
  std::byte* at = payload.data() + kHeaderPayload;
  for (const TallyRow& row : rows) {
    std::memcpy(at, row.key, shape.parts * sizeof(std::int32_t));
    at = WriteRaw(at + shape.parts * sizeof(std::int32_t), row.count);
    if (shape.totals) at = WriteRaw(at, row.total);
  }
  return payload;
}

std::pmr::vector<std::byte> CheckedTally(Payload payload, ErrorCode code,
                                         std::pmr::memory_resource* memory) {
  try {
    const TallyView view(payload);
    TallyRow last{};
    for (std::size_t i = 0; i < view.size(); ++i) {
      const TallyRow row = view.At(i);
      if (i > 0 && !KeyBefore(last, row, view.shape().parts)) {
        throw Error(ErrorCode::kCorruptData, "tally is corrupt", "Its rows are not in order.");
      }
      last = row;
    }
    return {payload.begin(), payload.end(), memory};
  } catch (const Error& error) {
    throw Error(code, error.what(), error.detail());
  }
}

std::pmr::vector<TallyRow> TopOfTally(const TallyView& view, std::size_t most,
                                      std::pmr::memory_resource* memory) {
  struct Place {
    std::int64_t count;
    std::size_t index;
  };
  std::pmr::vector<Place> places(memory);
  places.reserve(view.size());
  StopTicker ticker;
  for (std::size_t i = 0; i < view.size(); ++i) {
    places.push_back({view.At(i).count, i});
    ticker.Step();
  }
  const std::size_t kept = std::min(most, places.size());
  // Rows lie in order of their keys, so the index stands for the key.
  std::partial_sort(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(kept),
                    places.end(), [](const Place& a, const Place& b) {
                      return a.count != b.count ? a.count > b.count : a.index < b.index;
                    });
  std::pmr::vector<TallyRow> rows(memory);
  rows.reserve(kept);
  for (std::size_t i = 0; i < kept; ++i) rows.push_back(view.At(places[i].index));
  return rows;
}

}  // namespace cdp::behavior
