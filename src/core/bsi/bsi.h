/// A bit-sliced index in memory that can change. Only asking? BsiView and bsi_ask.h need no copy.
#pragma once

#include <memory_resource>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/bsi/id_set.h"
#include "core/bsi/row.h"

namespace cdp::bsi {

/// Values are added by adding the slices, with carries, as one adds on paper: all ids of a
/// container at once. A call that throws leaves something that can only be destroyed.
class Bsi {
 public:
  /// Nobody.
  explicit Bsi(std::pmr::memory_resource* memory)
      : memory_(memory), ids_(memory), slices_(memory) {}
  /// Rows ascending by id, each id once.
  Bsi(std::span<const Row> rows, std::pmr::memory_resource* memory);
  Bsi(const BsiView& view, std::pmr::memory_resource* memory);

  /// Each id gets the sum of its values; who has only one keeps that. Throws when a sum does not
  /// fit.
  void Add(const BsiView& other);
  /// So much more for each of these ids, portable bytes; who is new begins at 0. Throws when a sum
  /// does not fit.
  void AddToAll(Bytes ids, std::int64_t number);
  /// Leaves only these, or all but these.
  void Restrict(const BitmapView& ids) { Limit(SetOperation::kAnd, ids); }
  void Remove(const BitmapView& ids) { Limit(SetOperation::kAndNot, ids); }
  /// The ids whose values differ, or that only one of the two has.
  static IdSet Differing(const BsiView& a, const BsiView& b, std::pmr::memory_resource* memory);

  /// Brings it into the one form that its values have.
  std::size_t ImageSize();
  /// Writes the image for which ImageSize was asked last.
  void WriteImage(std::byte* out) const;

 private:
  void Limit(SetOperation operation, const BitmapView& ids);
  bool TakeBase(const IdSet& ids, std::int64_t least, std::int64_t greatest);
  void AddRows(const BsiView& other);
  void AddAt(std::uint32_t slice, IdSet ids);
  void SubtractAt(std::uint32_t slice, IdSet ids);
  void AddConstant(std::uint64_t number, const IdSet& ids);
  std::uint64_t Extreme(bool greatest) const;
  void Normalize();

  std::pmr::memory_resource* memory_;
  IdSet ids_;
  std::pmr::vector<IdSet> slices_;
  std::int64_t base_ = 0;      // what all slices at 0 mean
  std::int64_t greatest_ = 0;  // no value is greater; exact, as base_ is, when it is normal
  bool is_normal_ = true;
};

/// The least or the greatest distance among these ids, of which there must be one.
template <class Slice>
std::uint64_t ExtremeDistance(IdSet ids, std::uint32_t slices, Slice slice, bool greatest,
                              std::pmr::memory_resource* memory) {
  const SetOperation wanted = greatest ? SetOperation::kAnd : SetOperation::kAndNot;
  std::uint64_t distance = 0;
  for (std::uint32_t i = slices; i-- > 0;) {
    IdSet some(wanted, ids.view(), slice(i), memory);
    const bool has_some = !some.empty();
    if (has_some) ids = std::move(some);
    if (has_some == greatest) distance |= std::uint64_t{1} << i;
  }
  return distance;
}

/// Checks bytes from outside entirely: they must be the image of what is read from them. What is
/// wrong throws an error of kind `code`.
void CheckImage(Bytes image, ErrorCode code, std::pmr::memory_resource* memory);

/// Each id of `from` becomes the one of `to` at the same place, in one step; values that meet are
/// added.
Bsi Remapped(Bytes image, std::span<const std::uint32_t> from, std::span<const std::uint32_t> to,
             std::pmr::memory_resource* memory);

/// Rows of the literal {id:value, ...}, folded; an id that stands there twice is an error.
std::pmr::vector<Row> ParseRows(std::string_view text, std::pmr::memory_resource* memory);

}  // namespace cdp::bsi
