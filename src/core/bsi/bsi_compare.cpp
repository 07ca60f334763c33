#include "core/bsi/bsi_compare.h"

#include <array>

#include "core/base/stop.h"
#include "core/bitmap/bitmap_set.h"
#include "core/bitmap/container_combine.h"

namespace cdp::bsi {
namespace {

using bitmap::Container;
using bitmap::ContainerKind;
using bitmap::Words;

bool IsEmpty(const Container& container) { return container.cardinality == 0; }

class Comparer {
 public:
  Comparer(const BsiView& view, Comparison comparison, std::uint64_t distance)
      : is_order_(comparison != Comparison::kEq && comparison != Comparison::kNe),
        takes_equal_(comparison == Comparison::kGe || comparison == Comparison::kLt),
        wants_others_(comparison == Comparison::kNe || comparison == Comparison::kLt ||
                      comparison == Comparison::kLe),
        distance_(distance),
        slices_(view.slices()) {
    for (std::uint32_t i = 0; i < slices_; ++i) bits_[i] = {view.slice(i), 0, Nobody()};
  }

  /// Those of `ids` that are in `only` too and are meant. Keys ascend from call to call.
  void Write(const Container& ids, const Container& only, bitmap::BitmapOutput* out) {
    const Container both = combiner_.Combine(SetOperation::kAnd, ids, only, all_.data());
    if (!IsEmpty(both)) Write(both, out);
  }
  void Write(const Container& all, bitmap::BitmapOutput* out) {
    const std::uint32_t key = all.high >> 16;
    for (std::uint32_t i = 0; i < slices_; ++i) {
      Slice& slice = bits_[i];
      const std::uint32_t end = slice.view.containers();
      while (slice.place < end && slice.view.Key(slice.place) < key) ++slice.place;
      const bool is_there = slice.place < end && slice.view.Key(slice.place) == key;
      slice.container = is_there ? slice.view.At(slice.place) : Nobody();
    }
    const Container found =
        is_order_ && all.cardinality >= kMany ? AboveInWords(all.high) : Narrow(all);
    combiner_.Combine(wants_others_ ? SetOperation::kAndNot : SetOperation::kAnd, all, found, out);
  }

 private:
  struct Slice {
    BitmapView view;
    std::uint32_t place;
    Container container;  // under the key at hand
  };
  // So many ids are worth the words of all that there can be.
  static constexpr std::uint32_t kMany = 1024;
  using Room = std::array<std::byte, bitmap::kBitsetBytes + bitmap::kKernelSlop>;

  bool HasBit(std::uint32_t i) const { return (distance_ >> i & 1) != 0; }
  Container Nobody() const { return {ContainerKind::kArray, 0, 0, 0, with_.data()}; }

  /// Whose bits make a number above the distance, or at least it. From the lowest bit on: with a
  /// bit that the distance has not one is above whatever the lower ones say; lacking one that it
  /// has, one is not. Ids that have no value at all may be among them.
  Container AboveInWords(std::uint32_t high) {
    words_.fill(takes_equal_ ? ~std::uint64_t{0} : 0);
    std::byte* const words = bitmap::BytesOf(&words_);
    for (std::uint32_t i = 0; i < slices_; ++i) {
      const Container& slice = bits_[i].container;
      if (!HasBit(i)) {
        SetBits(&words_, slice);
      } else if (slice.kind == ContainerKind::kBitset) {
        bitmap::CombineBits(SetOperation::kAnd, words, slice.data, words);
      } else {
        slice_words_.fill(0);
        SetBits(&slice_words_, slice);
        bitmap::CombineBits(SetOperation::kAnd, words, bitmap::BytesOf(slice_words_), words);
      }
    }
    return {ContainerKind::kBitset, high, bitmap::CountBits(words), 0, words};
  }

  /// The same, or of kEq and kNe the equal ones, for sets that become small: from the highest bit
  /// on, whoever agrees so far either goes on doing so or is decided.
  Container Narrow(const Container& all) {
    Container equal = all;
    Container above = Nobody();
    for (std::uint32_t i = slices_; i-- > 0 && !IsEmpty(equal);) {
      const Container& slice = bits_[i].container;
      if (IsEmpty(slice)) {
        if (HasBit(i)) equal = slice;
        continue;
      }
      if (!HasBit(i) && is_order_) {
        above = Joined(above, combiner_.Combine(SetOperation::kAnd, equal, slice, with_.data()));
      }
      equal_turn_ = !equal_turn_;
      equal = combiner_.Combine(HasBit(i) ? SetOperation::kAnd : SetOperation::kAndNot, equal,
                                slice, equal_[equal_turn_].data());
    }
    if (!is_order_) return equal;
    return takes_equal_ ? Joined(above, equal) : above;
  }

  Container Joined(const Container& above, const Container& more) {
    if (IsEmpty(more)) return above;
    above_turn_ = !above_turn_;
    std::byte* room = above_[above_turn_].data();
    if (!IsEmpty(above)) return combiner_.Combine(SetOperation::kOr, above, more, room);
    return combiner_.Combine(SetOperation::kAnd, more, more, room);
  }

  bool is_order_;
  bool takes_equal_;   // whether equal ones belong to those that are looked for
  bool wants_others_;  // everybody but those that are: kLt is the rest of kGe
  std::uint64_t distance_;
  std::uint32_t slices_;
  std::array<Slice, kMaxSlices> bits_;
  bitmap::ContainerCombiner combiner_;
  Words words_;
  Words slice_words_;
  Room all_;
  Room with_;
  // What is read and what is written in turn.
  std::array<Room, 2> equal_;
  std::array<Room, 2> above_;
  bool equal_turn_ = false;
  bool above_turn_ = false;
};

}  // namespace

IdSet CompareDistances(const BsiView& view, const BitmapView* only, Comparison comparison,
                       std::uint64_t distance, std::pmr::memory_resource* memory) {
  const BitmapView ids = view.ids();
  const bitmap::OutputBound bound = only != nullptr
                                        ? bitmap::BoundCombined(SetOperation::kAnd, ids, *only)
                                        : bitmap::OutputBound{ids.containers(), false, ids.Size()};
  Comparer comparer(view, comparison, distance);
  StopTicker ticker;
  return IdSet(bound, memory, [&](bitmap::BitmapOutput* out) {
    std::uint32_t place = 0;
    for (std::uint32_t i = 0; i < ids.containers(); ++i) {
      ticker.Step(512 * (1 + view.slices()));
      if (only == nullptr) {
        comparer.Write(ids.At(i), out);
        continue;
      }
      place = only->Find(ids.Key(i), place);
      if (place == only->containers()) break;
      if (only->Key(place) == ids.Key(i)) comparer.Write(ids.At(i), only->At(place), out);
    }
  });
}

}  // namespace cdp::bsi
