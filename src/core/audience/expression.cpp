#include "core/audience/expression.h"

#include <utility>

#include "core/audience/json_text.h"
#include "core/audience/rule_words.h"
#include "core/base/stop.h"

namespace cdp::audience {
namespace {

bool IsStored(const Node& leaf) {
  switch (leaf.kind) {
    case Kind::kEveryone:
      return true;
    case Kind::kAudience:
      return !leaf.as_of;
    case Kind::kTag:
      return !IsOrder(leaf.test.compare);
    default:
      return false;
  }
}

void CheckLeaves(const Node& node, std::string_view text) {
  for (const Node& part : node.parts) CheckLeaves(part, text);
  if (!node.parts.empty() || IsStored(node)) return;
  const std::string_view spelling =
      text.substr(node.place.begin, node.place.end - node.place.begin);
  ThrowAt(text, node.place.begin,
          "an audience expression cannot contain \"" + Shortened(spelling) + "\"",
          "It joins tag:NAME, alone or with =, <>, in, not in, is set or is not set, "
          "audience:NAME and everyone.",
          node.kind == Kind::kEvent ? "A word alone is an event: write tag:NAME for a tag." : "");
}

/// What is not one of some values is the whole tag without them.
void AppendTag(const Node& node, std::vector<Step>* steps) {
  const Compare compare = node.test.compare;
  const bool excludes = compare == Compare::kNotEqual || compare == Compare::kNotIn;
  if (excludes) steps->push_back({Op::kTag, node.name, true, {}});
  Step step{Op::kTag, node.name, node.test.values.empty(), {}};
  for (const Value& value : node.test.values) step.values.push_back(value.text);
  steps->push_back(std::move(step));
  if (excludes || compare == Compare::kNotSet) steps->push_back({Op::kNot, {}, true, {}});
  if (excludes) steps->push_back({Op::kAnd, {}, true, {}});
}

void AppendSteps(const Node& node, std::vector<Step>* steps) {
  switch (node.kind) {
    case Kind::kAnd:
    case Kind::kOr: {
      const Op op = node.kind == Kind::kAnd ? Op::kAnd : Op::kOr;
      bool first = true;
      for (const Node& part : node.parts) {
        AppendSteps(part, steps);
        if (!std::exchange(first, false)) steps->push_back({op, {}, true, {}});
      }
      break;
    }
    case Kind::kNot:
      AppendSteps(node.parts.front(), steps);
      steps->push_back({Op::kNot, {}, true, {}});
      break;
    case Kind::kTag:
      AppendTag(node, steps);
      break;
    case Kind::kAudience:
      steps->push_back({Op::kAudience, node.name, true, {}});
      break;
    default:
      steps->push_back({Op::kEveryone, {}, true, {}});
  }
}

const char* NameOf(Op op) {
  switch (op) {
    case Op::kTag:
      return "tag";
    case Op::kAudience:
      return "audience";
    case Op::kEveryone:
      return "everyone";
    case Op::kNot:
      return "not";
    case Op::kAnd:
      return "and";
    case Op::kOr:
      return "or";
  }
  return "";
}

}  // namespace

Node ParseExpression(std::string_view text) {
  Node node = ParseRule(text);
  CheckLeaves(node, text);
  return node;
}

std::vector<Step> StepsOf(const Node& node) {
  std::vector<Step> steps;
  AppendSteps(node, &steps);
  return steps;
}

std::string JsonOfSteps(const std::vector<Step>& steps) {
  std::string out = "[";
  StopTicker ticker;
  for (const Step& step : steps) {
    ticker.Step();
    if (out.size() > 1) out += ',';
    out += "{\"op\":";
    AppendJson(&out, NameOf(step.op));
    if (step.op == Op::kTag || step.op == Op::kAudience) {
      out += ",\"name\":";
      AppendJson(&out, step.name);
    }
    if (step.op == Op::kTag) {
      out += ",\"values\":";
      if (step.any_value) out += "null";
      const char* separator = "[";
      for (const std::string& value : step.values) {
        out += std::exchange(separator, ",");
        AppendJson(&out, value);
      }
      if (!step.any_value) out += ']';
    }
    out += '}';
  }
  return out += ']';
}

}  // namespace cdp::audience
