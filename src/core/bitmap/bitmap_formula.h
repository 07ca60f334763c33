/// Set operations inside each other, answered key by key: nothing between is ever made whole.
#pragma once

#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

#include "core/bitmap/container_combine.h"

namespace cdp::bitmap {

/// A tree of set operations over operands that are known by number.
class Formula {
 public:
  struct Node {
    bool is_operand;
    SetOperation operation;
    std::uint32_t operand;  ///< from 0
    std::uint32_t left;     ///< these two come before the node
    std::uint32_t right;
  };
  /// How often operands may occur in it.
  static constexpr std::uint32_t kMaxTerms = 64;

  /// Reads `text`: numbers of operands from 1 on, between them the operators & | # - of SQL, all of
  /// the same rank and taken from the left, and parentheses.
  Formula(std::string_view text, std::pmr::memory_resource* memory);

  /// The last node is the root.
  const std::pmr::vector<Node>& nodes() const { return nodes_; }
  /// The greatest number that occurs.
  std::uint32_t operands() const { return operands_; }

 private:
  std::pmr::vector<Node> nodes_;
  std::uint32_t operands_ = 0;
};

/// Evaluates a formula over bitmaps. Keys that cannot be in the result are passed over, and where
/// an operand has few values under a key, the others are asked about nothing but these.
class FormulaReader {
 public:
  /// The formula must outlive the reader, which serves for one evaluation after the other.
  FormulaReader(const Formula& formula, std::pmr::memory_resource* memory);
  ~FormulaReader();
  FormulaReader(const FormulaReader&) = delete;
  FormulaReader& operator=(const FormulaReader&) = delete;

  /// How many values the result has: any number, when an operand is corrupt. There are
  /// formula.operands() of them at least.
  std::int64_t Count(std::span<const BitmapView> operands);

 private:
  using Node = Formula::Node;
  struct Sides {
    Container first;
    Container second;
    bool narrowed;  // the second has no values but the first one's
  };

  std::uint32_t NextKey(std::uint32_t node, std::uint32_t key);
  std::uint32_t Seek(std::uint32_t node, std::uint32_t key);
  Sides EvaluateSides(const Node& self, std::uint32_t key, const Container* within);
  Container Evaluate(std::uint32_t node, std::uint32_t key, const Container* within);
  std::int64_t CountUnder(std::uint32_t key);

  const Formula& formula_;
  std::pmr::memory_resource* memory_;
  std::span<const BitmapView> operands_;
  std::pmr::vector<std::uint32_t> places_;  // by node: where an operand's next container is
  std::byte* rooms_;                        // by node: for its values under the key
  ContainerCombiner combiner_;
};

/// The same of portable bytes, of 32-bit and of 64-bit bitmaps.
std::int64_t CountFormula(const Formula& formula, std::span<const Bytes> operands,
                          std::pmr::memory_resource* memory);
std::int64_t CountFormula64(const Formula& formula, std::span<const Bytes> operands,
                            std::pmr::memory_resource* memory);

}  // namespace cdp::bitmap
