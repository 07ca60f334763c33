/// Arbitrary bytes as an audience expression: what parses prints to text that parses to the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/audience/expression.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cdp::audience;
  try {
    const auto steps = Parse({reinterpret_cast<const char*>(data), size});
    if (Parse(Print(steps)) != steps) std::abort();
    if (ToJson(steps).size() < 2) std::abort();
  } catch (const cdp::Error&) {
  }
  return 0;
}
