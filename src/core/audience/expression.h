/// Set expressions over tags and audiences: the part of the rule language that is answered from
/// stored bitmaps.
///
///   leaf := tag:NAME [ (= | <>) VALUE | [not] in (VALUE, ...) | is [not] set ] | audience:NAME
///         | everyone
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/audience/rule.h"

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

/// Reads an expression. Throws as ParseRule does, and SyntaxError at what is of rules only.
Node ParseExpression(std::string_view text);

/// The steps of an expression that ParseExpression has read.
std::vector<Step> StepsOf(const Node& node);

/// The steps as a JSON array: {"op":"tag","name":...,"values":[...] or null},
/// {"op":"audience","name":...}, {"op":"everyone"}, {"op":"not"}, {"op":"and"}, {"op":"or"}.
std::string JsonOfSteps(const std::vector<Step>& steps);

}  // namespace cdp::audience
