/// Gathers a set from values and bitmaps in any order: what the aggregates think with.
#pragma once

#include <array>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/bitmap/block.h"
#include "core/bitmap/portable_frame.h"

namespace cdp::bitmap {

/// A set of 32-bit or 64-bit values (Value) that grows, cancels or shrinks. Where many values share
/// their high bits there is a Block for them, found by hashing; all others wait in a list, which
/// costs no more than their size however far apart they are. The list is worked off when it is
/// full: values whose block exists go there, the rest is put in order and where it has become
/// dense, new blocks open. So what a step costs follows from what it brings, not from what is
/// there.
///
/// Without its destructor it leaks nothing but memory of the resource. A call that throws leaves a
/// set with some of what was given; after a Fold by kAnd it is fit for nothing but its end.
template <class Value>
class Accumulator {
 public:
  explicit Accumulator(std::pmr::memory_resource* memory)
      : memory_(memory), waiting_(memory), slots_(memory), frames_(memory) {}
  Accumulator(const Accumulator&) = delete;
  Accumulator& operator=(const Accumulator&) = delete;
  ~Accumulator();

  void Add(Value value) {
    if (!AddIfRoom(value)) AddToFull(value);
  }
  /// The quick part of it, which cannot fail; false when that is not enough.
  bool AddIfRoom(Value value) noexcept {
    if (batched_ >= room_) [[unlikely]]
      return false;
    batch_[batched_++] = value;
    return true;
  }
  void Add(std::span<const Value> values);
  /// Takes in the portable bytes of a bitmap by kOr, kXor or kAnd. They are read in place, and of
  /// what is read everything is checked.
  void Fold(SetOperation operation, Bytes bitmap);

  /// Never true of a set with values; always of an empty one that only came from kAnd.
  bool IsSurelyEmpty() const { return batched_ == 0 && waiting_.empty() && used_ == 0; }
  std::uint64_t Cardinality();
  /// The set as portable bytes, containers in SwiftForm: equal sets have equal bytes. Neither
  /// changes what it holds.
  std::size_t PortableSize();
  void WritePortable(std::byte* out);

 private:
  struct Slot {
    Block block;
    Value key;
    bool is_used;
    bool is_met;
  };
  // A bitmap of 32 bits, of which 64-bit values may make many.
  struct Frame {
    std::uint32_t high;
    PortableFrame frame;
  };
  struct Piece;

  static constexpr std::uint32_t kBatch = 2048 / sizeof(Value);
  static constexpr std::size_t kFirstLimit = 4096;
  static constexpr std::size_t kMostWithBlocks = 16384;
  // With fewer values a block would take more memory than the list.
  static constexpr std::uint32_t kBlockFrom = 32;

  void AddToFull(Value value);
  void Gather();
  void Wait(std::span<const Value> values);
  void Prepare(SetOperation how);
  void WorkOff();
  void MoveToBlocks();
  void Order();
  void OpenBlocks();
  void Settle();
  void Join(const Container& container, Value key);
  void Meet(Bytes bitmap);
  void DropUnmet();

  std::size_t PlaceOf(Value key) const;
  Block* Find(Value key);
  Block* FindOrOpen(Value key);
  void Rehash(std::size_t slots);
  template <class Body>
  void ForEachPiece(Body body);

  std::pmr::memory_resource* memory_;
  std::pmr::vector<Value> waiting_;
  std::size_t limit_ = kFirstLimit;
  std::pmr::vector<Slot> slots_;  // a power of two of them, or none
  std::size_t used_ = 0;
  std::pmr::vector<Frame> frames_;
  SetOperation how_ = SetOperation::kOr;
  // Whether the blocks and the first settled_ of the list have each value once and apart.
  bool is_settled_ = true;
  std::size_t settled_ = 0;
  bool is_framed_ = false;
  // Single values on their way to the list: room_ of them, none while values would cancel others.
  std::uint32_t batched_ = 0;
  std::uint32_t room_ = kBatch;
  std::array<Value, kBatch> batch_;  // the first batched_ of them
};

extern template class Accumulator<std::uint32_t>;
extern template class Accumulator<std::uint64_t>;

}  // namespace cdp::bitmap
