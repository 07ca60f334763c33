/// Arbitrary text as the mode of a funnel: what is read must be read again from its plain words.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/error.h"
#include "core/behavior/funnel_mode.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cdp;
  using namespace cdp::behavior;
  try {
    const FunnelMode mode =
        ParseFunnelMode(std::string_view(reinterpret_cast<const char*>(data), size));
    std::string words;
    if (mode.order) words += "strict_order,";
    if (mode.deduplicate) words += "strict_deduplication,";
    if (mode.increase) words += "strict_increase,";
    if (mode.once) words += "strict_once,";
    if (mode.reentry) words += "allow_reentry,";
    if (words.empty()) words = "default,";
    words.pop_back();
    if (ParseFunnelMode(words) != mode) std::abort();
    if (UnpackFunnelMode(PackFunnelMode(mode)) != mode) std::abort();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInvalidArgument) std::abort();
  }
  return 0;
}
