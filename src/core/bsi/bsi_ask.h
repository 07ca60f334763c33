/// Questions to a bit-sliced index, answered from its bytes by operations on whole sets.
#pragma once

#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

#include "core/bsi/bsi_compare.h"

namespace cdp::bsi {

/// An index, or those of its ids that are in a bitmap too. Both must outlive it.
class Question {
 public:
  /// `only` may be null.
  Question(const BsiView& view, const BitmapView* only, std::pmr::memory_resource* memory)
      : view_(view), only_(only), memory_(memory) {}

  std::uint64_t Count() const;
  Sum128 Sum() const { return SumOf(only_); }
  /// Nothing when there is nobody.
  std::optional<std::int64_t> Least() const { return End(false); }
  std::optional<std::int64_t> Greatest() const { return End(true); }

  /// Whose value compares so with this one.
  IdSet Compare(Comparison comparison, std::int64_t value) const;
  IdSet Between(std::int64_t low, std::int64_t high) const;
  /// The `count` ids with the greatest, or least, values; among equal values the smaller ids go
  /// first. All when they are fewer.
  IdSet Top(std::uint64_t count) const { return Select(count, true); }
  IdSet Bottom(std::uint64_t count) const { return Select(count, false); }
  /// The least value that is not below a share of the values, as percentile_disc has it. Nothing
  /// when there is nobody; throws when the share is not between 0 and 1.
  std::optional<std::int64_t> Quantile(double share) const;
  /// Ids in the order of their values, then of themselves, cut into parts that are equal but for
  /// one, as ntile has it.
  std::pmr::vector<IdSet> Tiles(std::uint32_t tiles) const;

  struct Bin {
    std::uint64_t count;
    Sum128 sum;
  };
  /// Bin i holds the values from bound i to before bound i + 1, the last one has no end. Throws
  /// unless the bounds ascend.
  std::pmr::vector<Bin> Histogram(std::span<const std::int64_t> bounds) const;

 private:
  IdSet Everybody() const;
  IdSet Nobody() const { return IdSet(memory_); }
  std::optional<std::int64_t> End(bool greatest) const;
  IdSet Select(std::uint64_t count, bool greatest) const;
  Sum128 SumOf(const BitmapView* only) const;

  const BsiView& view_;
  const BitmapView* only_;
  std::pmr::memory_resource* memory_;
};

}  // namespace cdp::bsi
