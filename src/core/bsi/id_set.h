/// Sets of ids on their way through a computation: owned portable bytes without runs, so that equal
/// sets have equal bytes.
#pragma once

#include <memory_resource>
#include <span>
#include <utility>

#include "core/bitmap/bitmap_set.h"

namespace cdp::bsi {

using bitmap::BitmapView;
using bitmap::Bytes;
using bitmap::SetOperation;

class IdSet {
 public:
  /// Nobody.
  explicit IdSet(std::pmr::memory_resource* memory);
  /// The same ids as portable bytes of any kind.
  IdSet(Bytes ids, std::pmr::memory_resource* memory);
  /// Ascending ids, each once.
  IdSet(std::span<const std::uint32_t> ids, std::pmr::memory_resource* memory);
  /// What an operation makes of two sets; neither has runs, unless the second only takes away.
  IdSet(SetOperation operation, const BitmapView& a, const BitmapView& b,
        std::pmr::memory_resource* memory);
  /// What `write(output)` gives to a BitmapOutput with this bound.
  template <class Write>
  IdSet(const bitmap::OutputBound& bound, std::pmr::memory_resource* memory, Write write)
      : IdSet(memory, Unfilled()) {
    Allocate(bound.Total());
    bitmap::BitmapOutput output(data_, bound);
    write(&output);
    size_ = output.Finish();
  }
  IdSet(IdSet&& other) noexcept
      : memory_(other.memory_),
        data_(std::exchange(other.data_, nullptr)),
        room_(std::exchange(other.room_, 0)),
        size_(std::exchange(other.size_, 0)) {}
  IdSet& operator=(IdSet&& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(data_, other.data_);
    std::swap(room_, other.room_);
    std::swap(size_, other.size_);
    return *this;
  }
  IdSet(const IdSet&) = delete;
  IdSet& operator=(const IdSet&) = delete;
  ~IdSet();

  Bytes bytes() const { return {data_, size_}; }
  BitmapView view() const { return BitmapView(bytes()); }
  bool empty() const { return view().empty(); }
  std::uint64_t Cardinality() const { return view().Cardinality(); }

  void Combine(SetOperation operation, const BitmapView& other) {
    *this = IdSet(operation, view(), other, memory_);
  }

 private:
  /// Without bytes. Constructors begin with it, so that the destructor runs when they throw.
  struct Unfilled {};
  IdSet(std::pmr::memory_resource* memory, Unfilled) : memory_(memory) {}
  void Allocate(std::size_t room);

  std::pmr::memory_resource* memory_;
  std::byte* data_ = nullptr;
  std::size_t room_ = 0;
  std::size_t size_ = 0;
};

}  // namespace cdp::bsi
