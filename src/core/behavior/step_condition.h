/// Conditions on an event's value and properties: what a step may ask beside the code.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

#include "core/timeline/timeline_reader.h"

namespace cdp::behavior {

/// What a test looks at: the value (0) or a property (1 to timeline::kMaxProperties).
using Operand = std::uint8_t;

/// Conditions as trees of tests in one block. A test says in which ranges a number lies; a number
/// that the event does not have is in none.
class StepConditions {
 public:
  /// Numbers from `least` to `most`, both inside.
  struct Range {
    std::int64_t least;
    std::int64_t most;
  };

  explicit StepConditions(std::pmr::memory_resource* memory) : nodes_(memory), ranges_(memory) {}

  /// Each returns the number of a new condition. Ranges ascend and do not meet.
  std::int32_t Test(Operand operand, std::span<const Range> ranges);
  std::int32_t Absent(Operand operand);
  std::int32_t Both(std::int32_t a, std::int32_t b) { return Join(Kind::kBoth, a, b); }
  std::int32_t Either(std::int32_t a, std::int32_t b) { return Join(Kind::kEither, a, b); }

  /// Bit i: some test looks at operand i.
  std::uint32_t operands() const { return operands_; }

  /// Whether a condition holds for an event; get(operand) gives a number of the event, or nullopt.
  template <class Get>
  bool Holds(std::int32_t condition, Get&& get) const {
    const Node& node = nodes_[static_cast<std::size_t>(condition)];
    switch (node.kind) {
      case Kind::kBoth:
        return Holds(node.a, get) && Holds(node.b, get);
      case Kind::kEither:
        return Holds(node.a, get) || Holds(node.b, get);
      case Kind::kAbsent:
        return !get(node.operand);
      default:
        return Lies(node, get(node.operand));
    }
  }

 private:
  enum class Kind : std::uint8_t { kTest, kAbsent, kBoth, kEither };
  struct Node {
    Kind kind;
    Operand operand;
    std::int32_t a;  ///< the first of two conditions; of a test, its first range
    std::int32_t b;  ///< the second; the end of its ranges
  };

  bool Lies(const Node& node, std::optional<std::int64_t> number) const {
    if (!number) return false;
    const Range* const first = ranges_.data() + node.a;
    const Range* const end = ranges_.data() + node.b;
    if (end - first <= kFewRanges) {
      // Without branches: nobody can foresee where a number lies.
      unsigned lies = 0;
      for (const Range* range = first; range != end; ++range) {
        lies |= unsigned{range->least <= *number} & unsigned{*number <= range->most};
      }
      return lies != 0;
    }
    const Range* const range = std::lower_bound(
        first, end, *number, [](const Range& r, std::int64_t wanted) { return r.most < wanted; });
    return range != end && range->least <= *number;
  }
  static constexpr std::ptrdiff_t kFewRanges = 4;

  std::int32_t Add(const Node& node);
  std::int32_t Join(Kind kind, std::int32_t a, std::int32_t b);

  std::uint32_t operands_ = 0;
  std::pmr::vector<Node> nodes_;
  std::pmr::vector<Range> ranges_;
};

/// Reads the numbers of a timeline's events, block by block beside a TimeReader, and only where
/// somebody asks: a column that no event needs is never opened.
class OperandReader {
 public:
  /// The view must outlive it.
  OperandReader(const timeline::View& view, std::uint32_t operands);

  /// Goes to the next `n` events, those that TimeReader::Next returned.
  void NextBlock(std::size_t n) {
    from_ += n_;
    n_ = n;
    read_ = false;
  }

  /// A number of the i-th event of the block.
  std::optional<std::int64_t> Get(Operand operand, std::size_t i) {
    if (operand != 0) return properties_[operand - 1].At(from_ + i);
    if (!read_) ReadValues();
    if (!block_.Has(i)) return std::nullopt;
    return block_.value[i];
  }

 private:
  void ReadValues();

  const timeline::View& view_;
  timeline::PropertyColumn properties_[timeline::kMaxProperties];
  std::optional<timeline::ValueReader> values_;
  timeline::ValueBlock block_;
  std::size_t passed_ = 0;  ///< events whose values were read or skipped
  std::size_t from_ = 0;
  std::size_t n_ = 0;
  bool read_ = false;  ///< whether block_ holds the values of this block
};

}  // namespace cdp::behavior
