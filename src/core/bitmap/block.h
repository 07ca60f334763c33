/// The values of an accumulator that share all but their low 16 bits.
#pragma once

#include <memory_resource>

#include "core/bitmap/bitmap.h"
#include "core/bitmap/container_form.h"

namespace cdp::bitmap {

/// Holds a list while the values are few, runs while they come as runs, else bits. What comes in is
/// united (kOr) or cancels what is there (kXor); `how` must stay the same between two Settle(), for
/// a list is put in order only when it must be.
///
/// Moved like plain memory. All it allocates is of the resource that each call is given, and goes
/// with it or by Release(). A call that throws leaves a block that can be used.
class Block {
 public:
  using Memory = std::pmr::memory_resource;

  void Add(std::uint16_t value, SetOperation how, Memory* memory) {
    cardinality_ = 0;
    if (kind_ == Kind::kBits) [[likely]] {
      Put(bits(), value, how);
    } else if (kind_ == Kind::kList && count_ < capacity_) {
      Push(value);
    } else {
      AddToFull(value, how, memory);
    }
  }
  /// The container has been checked.
  void Add(const Container& container, SetOperation how, Memory* memory);
  /// Keeps the values that the checked container has as well. Only after Settle().
  void Meet(const Container& container, Memory* memory);
  void Release(Memory* memory);

  /// Each value once, in order.
  void Settle(SetOperation how);
  /// These only after Settle().
  ContainerForm Best();
  void Write(const ContainerForm& form, std::byte* out) const;
  /// Bits may turn out to be empty only when they are counted.
  bool IsSurelyEmpty() const { return kind_ != Kind::kBits && count_ == 0; }

  bool is_bits() const { return kind_ == Kind::kBits; }

 private:
  enum class Kind : std::uint8_t { kList, kBits, kRuns };
  struct Run {
    std::uint16_t first;
    std::uint16_t last;
  };

  // A longer list takes half of what bits take, and has to be put in order.
  static constexpr std::uint32_t kMaxList = 2048;
  static constexpr std::uint32_t kMaxRuns = 1024;

  static void Put(Words* words, std::uint16_t value, SetOperation how) {
    const std::uint64_t bit = std::uint64_t{1} << (value & 63);
    std::uint64_t& word = (*words)[value >> 6];
    word = how == SetOperation::kXor ? word ^ bit : word | bit;
  }

  std::uint16_t* list() const { return reinterpret_cast<std::uint16_t*>(data_); }
  Words* bits() const { return reinterpret_cast<Words*>(data_); }
  Run* runs() const { return reinterpret_cast<Run*>(data_); }
  bool HasAll() const {
    return kind_ == Kind::kRuns && count_ == 1 && runs()[0].first == 0 && runs()[0].last == 0xffff;
  }

  std::byte* NewData(std::size_t bytes, Memory* memory) {
    return static_cast<std::byte*>(memory->allocate(bytes, alignof(std::uint64_t)));
  }
  void Become(Kind kind, std::byte* data, std::size_t bytes, std::uint32_t count, Memory* memory);
  void ToBits(SetOperation how, Memory* memory);
  void ToRuns(Memory* memory);

  void Push(std::uint16_t value) {
    is_ordered_ = is_ordered_ && (count_ == 0 || list()[count_ - 1] < value);
    list()[count_++] = value;
  }
  void AddToFull(std::uint16_t value, SetOperation how, Memory* memory);
  void MakeRoom(std::uint32_t more, SetOperation how, Memory* memory);
  void AddArray(const Container& array, SetOperation how, Memory* memory);
  void AddBitset(const Container& bitset, SetOperation how, Memory* memory);
  void AddRuns(const Container& container, SetOperation how, Memory* memory);
  void CombineRuns(const Container& container, SetOperation operation, Memory* memory);
  void MeetList(const Container& container);
  void MeetArray(const Container& array, Memory* memory);
  void MeetInBits(const Container& container, Memory* memory);
  template <class Body>
  void ForEachRunOfMine(Body body) const;

  std::byte* data_ = nullptr;
  std::uint32_t bytes_ = 0;        // of data_
  std::uint32_t count_ = 0;        // values in the list, or runs
  std::uint32_t capacity_ = 0;     // of the list
  std::uint32_t cardinality_ = 0;  // 0: to be counted, and run_count_ too
  std::uint16_t run_count_ = 0;
  Kind kind_ = Kind::kList;
  bool is_ordered_ = true;  // the list, each value once
};

}  // namespace cdp::bitmap
