#include "core/bitmap/accumulator.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/base/stop.h"
#include "core/bitmap/bitmap64_view.h"
#include "core/bitmap/container_check.h"
#include "core/bitmap/sort.h"

namespace cdp::bitmap {
namespace {

constexpr unsigned kLowBits = 16;

template <class Value>
constexpr bool kIsWide = sizeof(Value) == sizeof(std::uint64_t);

template <class Body>
void ForEachContainerIn(Bytes bitmap, std::uint64_t high, StopTicker* ticker, Body body) {
  const BitmapView view(bitmap);
  for (std::uint32_t i = 0; i < view.containers(); ++i) {
    if (i > 0 && view.Key(i) <= view.Key(i - 1)) MalformedBitmap();
    body(view, i, high << kLowBits | view.Key(i));
    ticker->Step(64);
  }
}

// Calls body(view, i, key) for each container in order.
template <class Value, class Body>
void ForEachContainer(Bytes bitmap, Body body) {
  StopTicker ticker;
  if constexpr (kIsWide<Value>) {
    Bucket bucket;
    for (BucketReader reader(bitmap); reader.Next(&bucket);) {
      ForEachContainerIn(bucket.bitmap, bucket.high, &ticker, body);
      ticker.Step();
    }
  } else {
    ForEachContainerIn(bitmap, 0, &ticker, body);
  }
}

}  // namespace

// A container of the result: of a block, or of values that stand together in the list.
template <class Value>
struct Accumulator<Value>::Piece {
  Value key;
  Block* block;
  std::span<const Value> values;
  ContainerForm form;

  std::uint16_t Low(std::size_t i) const { return static_cast<std::uint16_t>(values[i]); }

  template <class Body>
  void ForEachRunOfValues(Body body) const {
    for (std::size_t i = 0; i < values.size();) {
      std::size_t end = i + 1;
      while (end < values.size() && values[end] == values[end - 1] + 1) ++end;
      body(Low(i), Low(end - 1));
      i = end;
    }
  }
  void FindForm() {
    if (block != nullptr) {
      form = block->Best();
      return;
    }
    std::uint32_t runs = 0;
    ForEachRunOfValues([&runs](std::uint32_t, std::uint32_t) { ++runs; });
    form = SwiftForm(static_cast<std::uint32_t>(values.size()), runs);
  }
  void Write(std::byte* out) const {
    if (block != nullptr) return block->Write(form, out);
    WriteRunsAs(
        form, [this](auto body) { this->ForEachRunOfValues(body); }, out);
  }
};

template <class Value>
Accumulator<Value>::~Accumulator() {
  for (Slot& slot : slots_) slot.block.Release(memory_);
}

// The place of a key, or the free one where it would be.
template <class Value>
std::size_t Accumulator<Value>::PlaceOf(Value key) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t place = static_cast<std::size_t>(key * 0x9e3779b97f4a7c15u >> 32) & mask;
  while (slots_[place].is_used && slots_[place].key != key) place = (place + 1) & mask;
  return place;
}

template <class Value>
Block* Accumulator<Value>::Find(Value key) {
  if (used_ == 0) return nullptr;
  Slot& slot = slots_[PlaceOf(key)];
  return slot.is_used ? &slot.block : nullptr;
}

template <class Value>
Block* Accumulator<Value>::FindOrOpen(Value key) {
  if (slots_.empty()) Rehash(8);
  std::size_t place = PlaceOf(key);
  if (!slots_[place].is_used) {
    if (used_ >= slots_.size() / 2) {
      Rehash(slots_.size() * 2);
      place = PlaceOf(key);
    }
    slots_[place].key = key;
    slots_[place].is_used = true;
    ++used_;
  }
  return &slots_[place].block;
}

template <class Value>
void Accumulator<Value>::Rehash(std::size_t slots) {
  std::pmr::vector<Slot> before(slots, Slot{}, memory_);
  before.swap(slots_);
  for (Slot& slot : before) {
    if (slot.is_used) slots_[PlaceOf(slot.key)] = slot;
  }
}

// Ready to take in by this operation.
template <class Value>
void Accumulator<Value>::Prepare(SetOperation how) {
  if (how_ == how) return;
  Settle();
  how_ = how;
  room_ = how == SetOperation::kOr ? kBatch : 0;
}

template <class Value>
void Accumulator<Value>::AddToFull(Value value) {
  Prepare(SetOperation::kOr);
  if (batched_ == kBatch) Gather();
  batch_[batched_++] = value;
}

template <class Value>
void Accumulator<Value>::Gather() {
  const std::uint32_t count = std::exchange(batched_, 0);
  Wait(std::span<const Value>(batch_).first(count));
}

// Into the list.
template <class Value>
void Accumulator<Value>::Wait(std::span<const Value> values) {
  while (!values.empty()) {
    if (waiting_.size() >= limit_) WorkOff();
    const std::size_t count = std::min(values.size(), limit_ - waiting_.size());
    const auto part = values.first(count);
    waiting_.insert(waiting_.end(), part.begin(), part.end());
    values = values.subspan(count);
  }
}

template <class Value>
void Accumulator<Value>::MoveToBlocks() {
  is_framed_ = false;
  if (used_ == 0) return;
  StopTicker ticker;
  std::size_t left = 0;
  Value last_key = ~Value{0};
  Block* block = nullptr;
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    const Value value = waiting_[i];
    if (value >> kLowBits != last_key) {
      last_key = value >> kLowBits;
      block = Find(last_key);
    }
    if (block != nullptr) {
      block->Add(static_cast<std::uint16_t>(value), how_, memory_);
    } else {
      waiting_[left++] = value;
    }
    ticker.Step();
  }
  if (left != waiting_.size()) is_settled_ = false;
  waiting_.resize(left);
}

template <class Value>
void Accumulator<Value>::Order() {
  const std::span<Value> values(waiting_);
  waiting_.resize(how_ == SetOperation::kXor ? SortOdd(values, memory_)
                                             : SortUnique(values, memory_));
}

// Of the ordered list.
template <class Value>
void Accumulator<Value>::OpenBlocks() {
  StopTicker ticker;
  std::size_t left = 0;
  for (std::size_t i = 0; i < waiting_.size();) {
    const Value key = waiting_[i] >> kLowBits;
    std::size_t end = i + 1;
    while (end < waiting_.size() && waiting_[end] >> kLowBits == key) ++end;
    ticker.Step(static_cast<std::uint32_t>(end - i));
    if (end - i >= kBlockFrom) {
      Block* block = FindOrOpen(key);
      for (; i < end; ++i) block->Add(static_cast<std::uint16_t>(waiting_[i]), how_, memory_);
      is_settled_ = false;
    } else {
      for (; i < end; ++i) waiting_[left++] = waiting_[i];
    }
  }
  waiting_.resize(left);
}

template <class Value>
void Accumulator<Value>::WorkOff() {
  CheckStop();
  is_settled_ = false;
  MoveToBlocks();
  if (waiting_.size() > limit_ / 2) {
    Order();
    OpenBlocks();
  }
  if (waiting_.size() > limit_ / 2) limit_ *= 2;
  // A batch reaches into all of the blocks' bits, so it must be some part of them.
  if (limit_ < kMostWithBlocks && slots_.size() <= limit_) {
    const auto bits = std::count_if(slots_.begin(), slots_.end(),
                                    [](const Slot& slot) { return slot.block.is_bits(); });
    if (static_cast<std::size_t>(bits) * 512 >= 2 * limit_) limit_ *= 2;
  }
}

// Every value once and in one place, the list ascending.
template <class Value>
void Accumulator<Value>::Settle() {
  if (batched_ != 0) Gather();
  if (is_settled_ && settled_ == waiting_.size()) return;
  MoveToBlocks();
  Order();
  OpenBlocks();
  StopTicker ticker;
  for (Slot& slot : slots_) {
    slot.block.Settle(how_);
    ticker.Step(16);
  }
  is_settled_ = true;
  settled_ = waiting_.size();
}

template <class Value>
void Accumulator<Value>::Add(std::span<const Value> values) {
  Prepare(SetOperation::kOr);
  Wait(values);
}

template <class Value>
void Accumulator<Value>::Fold(SetOperation operation, Bytes bitmap) {
  if (operation == SetOperation::kAnd) return Meet(bitmap);
  Prepare(operation);
  ForEachContainer<Value>(bitmap, [this](const BitmapView& view, std::uint32_t i, Value key) {
    const Container container = view.At(i);
    CheckContainer(container);
    Join(container, key);
  });
}

template <class Value>
void Accumulator<Value>::Join(const Container& container, Value key) {
  Block* block = Find(key);
  if (block == nullptr) {
    if (container.kind == ContainerKind::kArray && container.cardinality < kBlockFrom) {
      if (waiting_.size() >= limit_) WorkOff();
      for (std::uint32_t i = 0; i < container.cardinality; ++i) {
        waiting_.push_back(key << kLowBits | container.Value(i));
      }
      return;
    }
    block = FindOrOpen(key);
  }
  is_settled_ = false;
  is_framed_ = false;
  block->Add(container, how_, memory_);
}

template <class Value>
void Accumulator<Value>::Meet(Bytes bitmap) {
  Settle();
  is_framed_ = false;
  for (Slot& slot : slots_) slot.is_met = false;
  auto next = waiting_.begin();
  auto kept = waiting_.begin();
  ForEachContainer<Value>(bitmap, [&](const BitmapView& view, std::uint32_t i, Value key) {
    next = std::lower_bound(next, waiting_.end(), key << kLowBits);
    const bool is_waiting = next != waiting_.end() && *next >> kLowBits == key;
    const std::size_t place = used_ == 0 ? 0 : PlaceOf(key);
    const bool has_block = used_ != 0 && slots_[place].is_used;
    if (!is_waiting && !has_block) return;
    const Container container = view.At(i);
    CheckContainer(container);
    for (; next != waiting_.end() && *next >> kLowBits == key; ++next) {
      if (container.Contains(static_cast<std::uint16_t>(*next))) *kept++ = *next;
    }
    if (has_block) {
      slots_[place].block.Meet(container, memory_);
      slots_[place].is_met = !slots_[place].block.IsSurelyEmpty();
    }
  });
  waiting_.erase(kept, waiting_.end());
  settled_ = waiting_.size();
  DropUnmet();
}

template <class Value>
void Accumulator<Value>::DropUnmet() {
  std::size_t met = 0;
  for (Slot& slot : slots_) met += slot.is_met;
  if (met == used_) return;
  std::size_t count = 8;
  while (count / 2 < met) count *= 2;
  std::pmr::vector<Slot> before(count, Slot{}, memory_);
  before.swap(slots_);
  used_ = met;
  for (Slot& slot : before) {
    if (slot.is_met) {
      slots_[PlaceOf(slot.key)] = slot;
    } else {
      slot.block.Release(memory_);
    }
  }
}

// In ascending order; the set is settled.
template <class Value>
template <class Body>
void Accumulator<Value>::ForEachPiece(Body body) {
  std::pmr::vector<Slot*> order(memory_);
  order.reserve(used_);
  for (Slot& slot : slots_) {
    if (slot.is_used) order.push_back(&slot);
  }
  std::sort(order.begin(), order.end(), [](Slot* a, Slot* b) { return a->key < b->key; });
  StopTicker ticker;
  auto slot = order.begin();
  auto value = waiting_.begin();
  while (slot != order.end() || value != waiting_.end()) {
    Piece piece = {};
    if (slot == order.end() || (value != waiting_.end() && *value >> kLowBits < (*slot)->key)) {
      const auto first = value;
      piece.key = *first >> kLowBits;
      while (value != waiting_.end() && *value >> kLowBits == piece.key) ++value;
      piece.values = std::span(first, value);
    } else {
      piece.key = (*slot)->key;
      piece.block = &(*slot++)->block;
    }
    piece.FindForm();
    if (piece.form.cardinality != 0) body(piece);
    ticker.Step(512);
  }
}

template <class Value>
std::uint64_t Accumulator<Value>::Cardinality() {
  Settle();
  StopTicker ticker;
  std::uint64_t count = waiting_.size();
  for (Slot& slot : slots_) {
    count += slot.block.Best().cardinality;
    ticker.Step(128);
  }
  return count;
}

template <class Value>
std::size_t Accumulator<Value>::PortableSize() {
  Settle();
  if (!is_framed_) {
    frames_.clear();
    if (!kIsWide<Value>) frames_.push_back({});
    ForEachPiece([this](const Piece& piece) {
      const auto high = static_cast<std::uint32_t>(piece.key >> kLowBits);
      if (kIsWide<Value> && (frames_.empty() || frames_.back().high != high)) {
        frames_.push_back({high, {}});
      }
      frames_.back().frame.Add(piece.form.kind == ContainerKind::kRun, piece.form.bytes);
    });
    is_framed_ = true;
  }
  std::size_t size = kIsWide<Value> ? kBucketCountBytes : 0;
  for (const Frame& frame : frames_) {
    size += frame.frame.size() + (kIsWide<Value> ? kBucketHeaderBytes : 0);
  }
  return size;
}

template <class Value>
void Accumulator<Value>::WritePortable(std::byte* out) {
  PortableSize();
  if constexpr (kIsWide<Value>) {
    StoreAt(out, std::uint64_t{frames_.size()});
    out += kBucketCountBytes;
  }
  // A cursor for the frame that `next` stands behind; it writes the frame's header.
  auto next = frames_.begin();
  const auto open = [&] {
    if constexpr (kIsWide<Value>) {
      StoreAt(out, next->high);
      out += kBucketHeaderBytes;
    }
    const PortableCursor cursor(next->frame, out);
    out += next->frame.size();
    ++next;
    return cursor;
  };
  if (frames_.empty()) return;
  PortableCursor cursor = open();
  ForEachPiece([&](const Piece& piece) {
    const auto high = static_cast<std::uint32_t>(piece.key >> kLowBits);
    if (kIsWide<Value> && std::prev(next)->high != high) cursor = open();
    const ContainerForm& form = piece.form;
    piece.Write(cursor.Next(static_cast<std::uint16_t>(piece.key), form.cardinality,
                            form.kind == ContainerKind::kRun, form.bytes));
  });
}

template class Accumulator<std::uint32_t>;
template class Accumulator<std::uint64_t>;

}  // namespace cdp::bitmap
