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
    const auto end = ranges_.begin() + node.b;
    const auto range =
        std::lower_bound(ranges_.begin() + node.a, end, *number,
                         [](const Range& r, std::int64_t wanted) { return r.most < wanted; });
    return range != end && range->least <= *number;
  }

  std::int32_t Add(const Node& node);
  std::int32_t Join(Kind kind, std::int32_t a, std::int32_t b);

  std::uint32_t operands_ = 0;
  std::pmr::vector<Node> nodes_;
  std::pmr::vector<Range> ranges_;
};

/// Reads the numbers of a timeline's events, block by block beside a TimeReader, and only where
/// somebody asks: a column that no event needs is never decoded.
class OperandReader {
 public:
  OperandReader(const timeline::View& view, std::uint32_t operands);

  /// Goes to the next `n` events, those that TimeReader::Next returned.
  void NextBlock(std::size_t n) {
    if (n_ != 0 && !read_) values_.Skip(n_);
    from_ += n_;
    n_ = n;
    read_ = false;
  }

  /// A number of the i-th event of the block.
  std::optional<std::int64_t> Get(Operand operand, std::size_t i) {
    if (operand != 0) {
      const auto property = properties_[operand - 1].At(from_ + i);
      if (!property) return std::nullopt;
      return *property;
    }
    if (!read_) {
      values_.Next(n_, &block_);
      read_ = true;
    }
    if (!block_.Has(i)) return std::nullopt;
    return block_.value[i];
  }

 private:
  timeline::ValueReader values_;
  timeline::PropertyColumn properties_[timeline::kMaxProperties];
  timeline::ValueBlock block_;
  std::size_t from_ = 0;
  std::size_t n_ = 0;
  bool read_ = false;  ///< whether block_ holds the values of this block
};

}  // namespace cdp::behavior
