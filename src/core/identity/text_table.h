/// Union-find over texts: a hash table over records that hold a text and its parent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory_resource>
#include <string_view>
#include <vector>

#include "core/identity/union_find.h"

namespace cdp::identity {

/// A text is known by its place: where its record begins, in words of 4 bytes. Records lie one
/// behind the other in chunks, in order of arrival, so that a place says who came first; a parent
/// lies beside its text, and to find a text is a cache miss in the table and one in the record.
class TextTable {
 public:
  explicit TextTable(std::pmr::memory_resource* memory)
      : slots_(memory), places_(memory), chunks_(memory), blocks_(memory) {}
  ~TextTable();
  TextTable(const TextTable&) = delete;
  TextTable& operator=(const TextTable&) = delete;

  std::pmr::memory_resource* memory() const { return chunks_.get_allocator().resource(); }
  std::uint32_t size() const { return static_cast<std::uint32_t>(places_.size()); }

  static std::uint32_t HashOf(std::string_view text) {
    return static_cast<std::uint32_t>(std::hash<std::string_view>()(text) >> 32);
  }

  /// Asks the cache for what Place(text, hash) looks at: first the slot; and once that has come,
  /// the record.
  void PrefetchSlot(std::uint32_t hash) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[hash >> shift_]);
  }
  void PrefetchRecord(std::uint32_t hash) const {
    if (slots_.empty()) return;
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash >> shift_;
    while (slots_[at].place != kEmpty && slots_[at].hash != hash) at = (at + 1) & mask;
    if (slots_[at].place == kEmpty) return;
    const auto* record = reinterpret_cast<const std::byte*>(At(slots_[at].place));
    __builtin_prefetch(record, 1);
    // The end of an id of the usual length, which may be in the next cache line.
    __builtin_prefetch(record + 32);
  }

  /// The place of a text, which becomes known. Texts are compared byte by byte.
  std::uint32_t Place(std::string_view text, std::uint32_t hash);
  std::uint32_t Place(std::string_view text) { return Place(text, HashOf(text)); }

  std::string_view Text(std::uint32_t place) const {
    const Record* record = At(place);
    return {reinterpret_cast<const char*>(record + 1), record->bytes};
  }

  /// Joins the sets of two places. True when they were two.
  bool Unite(std::uint32_t x, std::uint32_t y) { return identity::Unite(Parents{this}, x, y); }

  /// Sorts the texts by their bytes, as unsigned numbers, the shorter first: the order of
  /// std::string_view. Then they are read by number until another one arrives.
  void Sort();
  bool sorted() const { return sorted_; }
  std::uint32_t Sorted(std::size_t i) const { return places_[i]; }
  /// The number of the smallest text of the i-th one's set.
  std::uint32_t First(std::size_t i) const { return At(At(places_[i])->parent)->rank; }

 private:
  static constexpr std::uint32_t kEmpty = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint32_t kNoRank = std::numeric_limits<std::uint32_t>::max();
  static constexpr int kFirstBits = 5;
  static constexpr std::size_t kWordBytes = 4;
  static constexpr int kChunkBits = 18;
  static constexpr std::size_t kChunkWords = std::size_t{1} << kChunkBits;
  static constexpr std::size_t kFirstChunkWords = 256;

  struct Record {
    std::uint32_t parent;
    std::uint32_t bytes;
    std::uint32_t rank;  // of a root, once sorted: the number of its set's smallest text
  };

  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t place = kEmpty;
  };

  struct Parents {
    TextTable* table;
    std::uint32_t& operator[](std::uint32_t place) const { return table->At(place)->parent; }
  };

  Record* At(std::uint32_t place) const {
    return reinterpret_cast<Record*>(chunks_[place >> kChunkBits] + place % kChunkWords);
  }
  std::uint32_t Append(std::string_view text);
  void MakeRoom(std::size_t words);
  void Prepare();
  void Grow();

  std::pmr::vector<Slot> slots_;  // at most three quarters full
  std::size_t limit_ = 0;         // 0 while sorted
  int shift_ = 0;
  // Of every text, in order of arrival, or sorted.
  std::pmr::vector<std::uint32_t> places_;
  bool sorted_ = false;
  // Where every kChunkWords words begin; a text that is longer than a chunk has several in a row.
  std::pmr::vector<std::uint32_t*> chunks_;
  // What was allocated for them.
  struct Block {
    std::uint32_t* words;
    std::size_t count;
  };
  std::pmr::vector<Block> blocks_;
  std::size_t used_ = 0;  // words of the last chunk, and how many it has
  std::size_t room_ = 0;
};

}  // namespace cdp::identity
