/// Arbitrary bytes as the text or the JSON of a rule: what is read is written so that it reads the
/// same again, in both forms.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/audience/rule.h"
#include "core/audience/rule_ask.h"

namespace {

using namespace cdp::audience;

void CheckTree(const Node& node, const std::string& text) {
  const Node again = ParseRule(text);
  if (again != node || PrintRule(again) != text) std::abort();
  for (const TreeRow& row : TreeOf(again)) {
    if (row.place.begin >= row.place.end || row.place.end > text.size()) std::abort();
  }
  // JSON cannot carry a zero byte, which no text of the server has.
  if (text.find('\0') == std::string::npos && RuleOfJson(JsonOfRule(node)) != node) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Node node;
  std::string text;
  try {
    node = input.starts_with('{') ? RuleOfJson(input) : ParseRule(input);
    text = PrintRule(node);
  } catch (const cdp::Error&) {
    return 0;
  }
  CheckTree(node, text);
  return 0;
}
