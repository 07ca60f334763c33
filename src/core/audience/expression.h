/// Set expressions over tags and audiences, as people write them.
///
///   expression := operand { (and | or | "but not" | & | '|') operand }
///   operand    := { not | ! } ( "(" expression ")" | leaf )
///   leaf       := tag:NAME [ = VALUE | in (VALUE, ...) ] | audience:NAME | everyone
///
/// `not` binds tighter than `and`, `and` tighter than `or`; "x but not y" is "x and not y". Names
/// and values are bare words (letters of any script, digits, _ - .) or quoted, in either kind of
/// quotes, with the quote doubled inside. Keywords are ASCII and their case does not matter.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace cdp::audience {

enum class Op { kTag, kAudience, kEveryone, kNot, kAnd, kOr };

/// One step of an expression in postfix order.
struct Step {
  Op op;
  std::string name;                 ///< kTag, kAudience
  bool any_value = true;            ///< kTag: no condition on the value
  std::vector<std::string> values;  ///< kTag with a condition: not empty

  bool operator==(const Step&) const = default;
};

/// What does not parse, and where.
class SyntaxError : public Error {
 public:
  /// `character` counts from 1.
  SyntaxError(std::string message, std::size_t character, std::string hint);
  std::size_t character() const noexcept { return character_; }

 private:
  std::size_t character_;
};

/// Parentheses and negations may lie this deep in each other.
inline constexpr int kMaxDepth = 256;

/// The text is UTF-8. Throws SyntaxError; kLimitExceeded when nested too deeply.
std::vector<Step> Parse(std::string_view text);

/// The one spelling of an expression: Parse(Print(steps)) == steps.
std::string Print(const std::vector<Step>& steps);

/// The steps as a JSON array: {"op":"tag","name":...,"values":[...] or null},
/// {"op":"audience","name":...}, {"op":"everyone"}, {"op":"not"}, {"op":"and"}, {"op":"or"}.
std::string ToJson(const std::vector<Step>& steps);

}  // namespace cdp::audience
