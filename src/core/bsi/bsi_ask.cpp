#include "core/bsi/bsi_ask.h"

#include <cmath>
#include <string>
#include <utility>

#include "core/bitmap/bitmap_compare.h"
#include "core/bitmap/bitmap_rank.h"
#include "core/bsi/bsi.h"

namespace cdp::bsi {

IdSet Question::Everybody() const {
  if (only_ == nullptr) return IdSet(view_.id_bytes(), memory_);
  return IdSet(SetOperation::kAnd, view_.ids(), *only_, memory_);
}

std::uint64_t Question::Count() const {
  return only_ == nullptr ? view_.count() : bitmap::AndCardinality(view_.ids(), *only_);
}

Sum128 Question::SumOf(const BitmapView* only) const {
  const auto count = [only](const BitmapView& ids) {
    return only == nullptr ? ids.Cardinality() : bitmap::AndCardinality(ids, *only);
  };
  Sum128 sum = Sum128{view_.least()} * static_cast<Sum128>(count(view_.ids()));
  for (std::uint32_t i = 0; i < view_.slices(); ++i) {
    sum += static_cast<Sum128>(count(view_.slice(i))) << i;
  }
  return sum;
}

std::optional<std::int64_t> Question::End(bool greatest) const {
  if (only_ == nullptr) {
    if (view_.empty()) return std::nullopt;
    return greatest ? view_.greatest() : view_.least();
  }
  IdSet all = Everybody();
  if (all.empty()) return std::nullopt;
  return view_.ValueAt(ExtremeDistance(
      std::move(all), view_.slices(), [this](std::uint32_t i) { return view_.slice(i); }, greatest,
      memory_));
}

IdSet Question::Compare(Comparison comparison, std::int64_t value) const {
  const bool is_less_wanted = comparison == Comparison::kLt || comparison == Comparison::kLe;
  const bool is_greater_wanted = comparison == Comparison::kGt || comparison == Comparison::kGe;
  if (view_.empty()) return Nobody();
  if (value < view_.least()) {
    return is_greater_wanted || comparison == Comparison::kNe ? Everybody() : Nobody();
  }
  if (value > view_.greatest()) {
    return is_less_wanted || comparison == Comparison::kNe ? Everybody() : Nobody();
  }
  return CompareDistances(view_, only_, comparison, view_.DistanceOf(value), memory_);
}

IdSet Question::Between(std::int64_t low, std::int64_t high) const {
  if (high < low) return Nobody();
  if (low <= view_.least()) return Compare(Comparison::kLe, high);
  const IdSet from = Compare(Comparison::kGe, low);
  const BitmapView some = from.view();
  return Question(view_, &some, memory_).Compare(Comparison::kLe, high);
}

IdSet Question::Select(std::uint64_t count, bool greatest) const {
  IdSet undecided = Everybody();
  if (count >= undecided.Cardinality()) return undecided;
  IdSet chosen = Nobody();
  const SetOperation better = greatest ? SetOperation::kAnd : SetOperation::kAndNot;
  const SetOperation worse = greatest ? SetOperation::kAndNot : SetOperation::kAnd;
  for (std::uint32_t i = view_.slices(); i-- > 0 && count != 0;) {
    const BitmapView slice = view_.slice(i);
    IdSet first(better, undecided.view(), slice, memory_);
    const std::uint64_t found = first.Cardinality();
    if (found > count) {
      undecided = std::move(first);
      continue;
    }
    chosen.Combine(SetOperation::kOr, first.view());
    count -= found;
    undecided.Combine(worse, slice);
  }
  if (count == 0) return chosen;
  // All of these are equal: the smallest ids.
  std::pmr::vector<std::uint32_t> ids(undecided.Cardinality(), memory_);
  undecided.view().Decode(ids.data());
  const IdSet rest(std::span<const std::uint32_t>(ids.data(), count), memory_);
  chosen.Combine(SetOperation::kOr, rest.view());
  return chosen;
}

std::optional<std::int64_t> Question::Quantile(double share) const {
  if (!(share >= 0 && share <= 1)) {
    throw Error(ErrorCode::kOutOfRange,
                "quantile must be between 0 and 1, not " + std::to_string(share));
  }
  IdSet undecided = Everybody();
  if (undecided.empty()) return std::nullopt;
  const double place = std::ceil(share * static_cast<double>(undecided.Cardinality()));
  std::uint64_t rank = place < 1 ? 1 : static_cast<std::uint64_t>(place);
  std::uint64_t distance = 0;
  for (std::uint32_t i = view_.slices(); i-- > 0;) {
    const BitmapView slice = view_.slice(i);
    IdSet less(SetOperation::kAndNot, undecided.view(), slice, memory_);
    const std::uint64_t found = less.Cardinality();
    if (rank <= found) {
      undecided = std::move(less);
    } else {
      rank -= found;
      undecided.Combine(SetOperation::kAnd, slice);
      distance |= std::uint64_t{1} << i;
    }
  }
  return view_.ValueAt(distance);
}

std::pmr::vector<IdSet> Question::Tiles(std::uint32_t tiles) const {
  constexpr std::uint32_t kMostTiles = 10'000;
  if (tiles < 1 || tiles > kMostTiles) {
    throw Error(ErrorCode::kInvalidArgument,
                "number of tiles must be between 1 and " + std::to_string(kMostTiles));
  }
  std::pmr::vector<IdSet> result(memory_);
  IdSet left = Everybody();
  const std::uint64_t all = left.Cardinality();
  for (std::uint32_t i = 0; i < tiles; ++i) {
    const BitmapView some = left.view();
    IdSet tile = Question(view_, &some, memory_).Bottom(all / tiles + (i < all % tiles ? 1 : 0));
    left.Combine(SetOperation::kAndNot, tile.view());
    result.push_back(std::move(tile));
  }
  return result;
}

std::pmr::vector<Question::Bin> Question::Histogram(std::span<const std::int64_t> bounds) const {
  for (std::size_t i = 1; i < bounds.size(); ++i) {
    if (bounds[i - 1] < bounds[i]) continue;
    throw Error(ErrorCode::kInvalidArgument, "bounds of a histogram must ascend",
                std::to_string(bounds[i]) + " follows " + std::to_string(bounds[i - 1]) + ".");
  }
  std::pmr::vector<Bin> bins(memory_);
  IdSet left = Everybody();
  for (const std::int64_t bound : bounds) {
    const BitmapView some = left.view();
    IdSet from = Question(view_, &some, memory_).Compare(Comparison::kGe, bound);
    left = std::move(from);
    const BitmapView those = left.view();
    const Bin bin = {left.Cardinality(), SumOf(&those)};
    if (!bins.empty()) {
      bins.back().count -= bin.count;
      bins.back().sum -= bin.sum;
    }
    bins.push_back(bin);
  }
  return bins;
}

}  // namespace cdp::bsi
