#include "core/audience/rule_ask.h"

#include <algorithm>
#include <utility>

#include "core/base/stop.h"

namespace cdp::audience {
namespace {

void AppendNames(const Node& node, Named sort, StopTicker* ticker,
                 std::vector<std::string>* names) {
  ticker->Step();
  for (const Node& part : node.parts) AppendNames(part, sort, ticker, names);
  switch (sort) {
    case Named::kTags:
      if (node.kind == Kind::kTag || node.kind == Kind::kTop) names->push_back(node.name);
      break;
    case Named::kAudiences:
      if (node.kind == Kind::kAudience) names->push_back(node.name);
      break;
    case Named::kEvents:
      for (const Event& event : node.events) names->push_back(event.name);
  }
}

void AppendRows(const Node& node, int depth, StopTicker* ticker, std::vector<TreeRow>* rows) {
  ticker->Step();
  rows->push_back({depth, node.kind, node.place});
  for (const Node& part : node.parts) AppendRows(part, depth + 1, ticker, rows);
}

}  // namespace

std::vector<std::string> NamesOf(const Node& node, Named sort) {
  std::vector<std::string> names;
  StopTicker ticker;
  AppendNames(node, sort, &ticker, &names);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<TreeRow> TreeOf(const Node& node) {
  std::vector<TreeRow> rows;
  StopTicker ticker;
  AppendRows(node, 0, &ticker, &rows);
  return rows;
}

std::string Join(Kind kind, std::string_view left, std::string_view right) {
  Node whole;
  whole.kind = kind;
  AppendPart(&whole, ParseRule(left));
  AppendPart(&whole, ParseRule(right));
  return PrintRule(whole);
}

std::string Negate(std::string_view rule) {
  Node whole;
  whole.kind = Kind::kNot;
  whole.parts.push_back(ParseRule(rule));
  return PrintRule(whole);
}

}  // namespace cdp::audience
