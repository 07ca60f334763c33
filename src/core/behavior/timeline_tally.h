/// How often each of many small keys was met, and what they add up to: the answers of aggregates
/// over timelines (paths, credit, intervals, distributions), and their states.
///
/// A value has two forms (docs/formats.md). The build form is a hash table in which a state grows
/// in place; it never leaves the server. The sealed form is the rows in order of their keys, and
/// equal tallies are equal bytes. Both are one block without pointers, so a state needs no memory
/// context of its own and travels between parallel workers as it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/base/error.h"

namespace cdp::behavior {

/// What the keys of a tally are.
enum class TallyKind : std::uint8_t {
  kPaths = 1,
  kCredit,
  kIntervals,
  kDistribution,
  kDays,
  kRetention,
  kFunnel
};
inline constexpr std::uint8_t kLastTallyKind = 7;

inline constexpr std::uint8_t kTallyVersion = 1;
inline constexpr std::uint8_t kTallyBuildVersion = 0x81;
inline constexpr int kMaxTallyParts = 16;

/// What two tallies must have in common to be added.
struct TallyShape {
  TallyKind kind;
  std::uint8_t parts;      ///< numbers in a key, 1 to kMaxTallyParts
  bool totals;             ///< whether rows have a total beside their count
  std::uint64_t question;  ///< a hash of the arguments that made it

  friend bool operator==(const TallyShape&, const TallyShape&) = default;
};

/// How a value begins, in both forms, behind the length word of whoever keeps it.
struct TallyHeader {
  std::int32_t length_word;
  std::uint8_t version;
  std::uint8_t kind;
  std::uint8_t parts;
  std::uint8_t totals;
  std::uint32_t used;        ///< rows; in the build form those of the hash table
  std::uint32_t slots_log2;  ///< of the hash table; 0 in the sealed form
  std::uint64_t question;

  TallyShape shape() const { return {static_cast<TallyKind>(kind), parts, totals != 0, question}; }
};
static_assert(sizeof(TallyHeader) == 24);
inline constexpr std::size_t kTallyLengthWord = sizeof(std::int32_t);

/// One row of a sealed tally.
struct TallyRow {
  std::int32_t key[kMaxTallyParts];
  std::int64_t count;  ///< greater than zero
  std::int64_t total;  ///< 0 in a tally without totals
};

/// Two parts of a key as the word that TallyTable keeps them in; the second is 0 where there is
/// none.
constexpr std::uint64_t PackParts(std::int32_t first, std::int32_t second) {
  return static_cast<std::uint32_t>(first) |
         static_cast<std::uint64_t>(static_cast<std::uint32_t>(second)) << 32;
}

/// The hash table of the build form. Works on the keeper's block as long as it has room; then on
/// blocks of `memory`, the last of which is the keeper's.
class TallyTable {
 public:
  static constexpr unsigned kFirstSlotsLog2 = 4;

  /// A table without rows in a new block of `memory`.
  TallyTable(const TallyShape& shape, std::pmr::memory_resource* memory);
  /// Goes on with a block in build form, aligned to 8, of `size` bytes. Throws kCorruptData when it
  /// is none, kInvalidArgument when it was made for another question.
  TallyTable(TallyHeader* block, std::size_t size, const TallyShape& shape,
             std::pmr::memory_resource* memory);

  /// The block as it is now, and its size. The keeper sets the length word.
  TallyHeader* block() const { return block_; }
  std::size_t size() const { return SizeOf(block_->shape(), block_->slots_log2); }

  /// Adds to the row of a key. Throws kOutOfRange when its numbers no longer fit.
  void Add(std::span<const std::int32_t> key, std::int64_t count, std::int64_t total = 0) {
    std::uint64_t words[kMaxWords] = {};
    std::memcpy(words, key.data(), key.size() * sizeof(std::int32_t));
    AddWords(words, count, total);
  }

  /// The same for a key as WordsOf words of 64 bits, two parts in each.
  void AddWords(const std::uint64_t* key, std::int64_t count, std::int64_t total) {
    Raise(words_ == 1 ? Find<1>(key) : words_ == 2 ? Find<2>(key) : Find<0>(key), count, total);
  }

  /// The same for a key of so many words.
  template <std::size_t kWords>
  void AddKey(const std::uint64_t (&key)[kWords], std::int64_t count, std::int64_t total) {
    Raise(Find<static_cast<int>(kWords)>(key), count, total);
  }

  /// Counts a key of kWords words, in a tally without totals, once.
  template <int kWords>
  void CountOne(const std::uint64_t* key) {
    // Nothing can be counted 2^63 times one by one.
    ++*Find<kWords>(key);
  }

  /// Paths of three codes below kFewCodes have a count at a place of their own as soon as there are
  /// many: here; null before. The next key that is added may move it.
  std::uint64_t* few_codes() const { return few_codes_; }
  static constexpr std::uint32_t kFewCodes = 32;
  static constexpr std::size_t FewCodesPlace(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    return (std::size_t{a} * kFewCodes + b) * kFewCodes + c;
  }

  /// Calls use(key, numbers) for every row in any order: the words of its key, its count, and its
  /// total if the tally has totals.
  template <class Use>
  void ForEachRow(Use&& use) const {
    if (few_codes_ != nullptr) {
      for (std::size_t place = 0; place < kFewCodesPlaces; ++place) {
        if (few_codes_[place] == 0) continue;
        const FewCodesKey key(place);
        use(key.words, few_codes_ + place);
      }
    }
    const std::uint64_t* slot = slots_;
    for (std::size_t i = 0; i <= mask_; ++i, slot += stride_) {
      if (slot[words_] != 0) use(slot, slot + words_);
    }
  }

  static constexpr std::size_t WordsOf(int parts) {
    return (static_cast<std::size_t>(parts) + 1) / 2;
  }

  /// Takes in a payload (a value without its length word) in either form; what is wrong in it
  /// raises an error.
  void Merge(std::span<const std::byte> payload);

 private:
  static constexpr std::size_t kMaxWords = kMaxTallyParts / 2;

  /// From so many slots on there are places for paths of few codes, between header and slots.
  static constexpr unsigned kFewCodesLog2 = 10;
  static constexpr std::size_t kFewCodesPlaces = std::size_t{kFewCodes} * kFewCodes * kFewCodes;
  static std::size_t PlacesOf(const TallyShape& shape, unsigned slots_log2) {
    const bool paths = shape.kind == TallyKind::kPaths && shape.parts == 3 && !shape.totals;
    return paths && slots_log2 >= kFewCodesLog2 ? kFewCodesPlaces : 0;
  }
  struct FewCodesKey {
    explicit FewCodesKey(std::size_t place)
        : words{
              place / (kFewCodes * kFewCodes) | std::uint64_t{place / kFewCodes % kFewCodes} << 32,
              place % kFewCodes} {}
    std::uint64_t words[2];
  };
  /// Whether a key of two words has a place.
  static bool HasFewCodes(const std::uint64_t* key) {
    constexpr std::uint64_t kBoth = std::uint64_t{kFewCodes - 1} << 32 | (kFewCodes - 1);
    return ((key[0] | key[1]) & ~kBoth) == 0;
  }

  static std::size_t SlotWords(const TallyShape& shape) {
    return WordsOf(shape.parts) + (shape.totals ? 2 : 1);
  }
  static std::size_t SizeOf(const TallyShape& shape, unsigned slots_log2);
  void Attach(TallyHeader* block);
  void Grow();
  static void Raise(std::uint64_t* number, std::int64_t by);
  void Raise(std::uint64_t* numbers, std::int64_t count, std::int64_t total) {
    Raise(numbers, count);
    if (block_->totals != 0) Raise(numbers + 1, total);
  }

  /// Where the search for a key begins.
  std::size_t Home(const std::uint64_t* key, std::size_t words) const {
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < words; ++i) {
      hash = (hash ^ key[i]) * 0x9e3779b97f4a7c15u;
      hash ^= hash >> 29;
    }
    return hash * 0xbf58476d1ce4e5b9u >> shift_;
  }

  /// The numbers of a key, its row made when it has none; 0 words: as many as the table has.
  template <int kWords>
  std::uint64_t* Find(const std::uint64_t* key) {
    const std::size_t words = kWords == 0 ? words_ : kWords;
    if constexpr (kWords == 0 || kWords == 2) {
      if (few_codes_ != nullptr && HasFewCodes(key)) {
        return few_codes_ + FewCodesPlace(static_cast<std::uint32_t>(key[0]),
                                          static_cast<std::uint32_t>(key[0] >> 32),
                                          static_cast<std::uint32_t>(key[1]));
      }
    }
    for (std::size_t at = Home(key, words);; at = (at + 1) & mask_) {
      std::uint64_t* slot = slots_ + at * stride_;
      if (slot[words] == 0) return Make<kWords>(slot, key);
      std::size_t same = 0;
      while (same < words && slot[same] == key[same]) ++same;
      if (same == words) return slot + words;
    }
  }

  template <int kWords>
  std::uint64_t* Make(std::uint64_t* slot, const std::uint64_t* key) {
    if (block_->used >= limit_) {
      Grow();
      return Find<kWords>(key);
    }
    ++block_->used;
    const std::size_t words = kWords == 0 ? words_ : kWords;
    std::memcpy(slot, key, words * sizeof(std::uint64_t));
    return slot + words;
  }

  std::pmr::memory_resource* memory_;
  TallyHeader* block_ = nullptr;
  bool owned_ = false;  ///< whether the block is of `memory_` and not the keeper's
  std::uint64_t* few_codes_ = nullptr;
  std::uint64_t* slots_ = nullptr;
  std::size_t words_ = 0;
  std::size_t stride_ = 0;
  std::size_t mask_ = 0;
  unsigned shift_ = 0;
  std::uint32_t limit_ = 0;
};

/// Reads the rows of a payload in sealed form, in order; bytes of any alignment. Never reads
/// outside of them.
class TallyView {
 public:
  /// Throws kCorruptData when the bytes are no sealed tally.
  explicit TallyView(std::span<const std::byte> payload);

  TallyShape shape() const { return shape_; }
  std::size_t size() const { return size_; }
  /// Throws kCorruptData for numbers that no writer writes.
  TallyRow At(std::size_t index) const;

 private:
  TallyShape shape_;
  std::size_t size_;
  std::size_t row_bytes_;
  std::span<const std::byte> rows_;
};

inline bool IsTallyBuild(std::span<const std::byte> payload) {
  return !payload.empty() && payload[0] == std::byte{kTallyBuildVersion};
}

/// The payload of a table's rows in sealed form.
std::pmr::vector<std::byte> SealTally(const TallyTable& table, std::pmr::memory_resource* memory);

/// The sealed payload of bytes from outside: everything is checked, and what is wrong throws an
/// error of kind `code`.
std::pmr::vector<std::byte> CheckedTally(std::span<const std::byte> payload, ErrorCode code,
                                         std::pmr::memory_resource* memory);

/// The rows with the greatest counts, at most `most`; equal ones by their keys.
std::pmr::vector<TallyRow> TopOfTally(const TallyView& view, std::size_t most,
                                      std::pmr::memory_resource* memory);

}  // namespace cdp::behavior
