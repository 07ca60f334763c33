/// Questions to a rule: what it names, what it is made of; and rules made of rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/audience/rule.h"

namespace cdp::audience {

enum class Named { kTags, kAudiences, kEvents };

/// The names of one sort that a rule has, each once, in the order of their bytes.
std::vector<std::string> NamesOf(const Node& node, Named sort);

struct TreeRow {
  int depth;  ///< 0 at the root
  Kind kind;
  Place place;  ///< of the node's own text in the text of the rule
};

/// Every node of a parsed rule, parts after what they are part of.
std::vector<TreeRow> TreeOf(const Node& node);

/// Texts of rules, joined by `kind` (kAnd or kOr) or negated, in the one spelling.
std::string Join(Kind kind, std::string_view left, std::string_view right);
std::string Negate(std::string_view rule);

}  // namespace cdp::audience
