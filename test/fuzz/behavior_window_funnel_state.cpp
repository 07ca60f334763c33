/// Arbitrary bytes as the state of window_funnel: through the door, and past it.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/behavior/funnel_state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cdp;
  using namespace cdp::behavior;
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  const std::vector<std::byte> bytes(begin, begin + size);
  bool taken = false;
  try {
    CheckFunnelState(bytes, ErrorCode::kInvalidBinary);
    taken = true;
  } catch (const Error&) {
  }
  try {
    const FunnelStateView state = ReadFunnelState(bytes);
    const int depth = FunnelDepth(state, std::pmr::new_delete_resource());
    if (depth < 0 || depth > state.header.conditions) std::abort();
    Micros chain[kMaxConditions];
    if (FunnelChain(state, std::pmr::new_delete_resource(), chain) != depth) std::abort();
    // Bytes past the door only have to be survived.
    if (!taken) return 0;
    for (int i = 1; i < depth; ++i) {
      if (chain[i] < chain[i - 1]) std::abort();
    }
    if (depth > 0 && Elapsed(chain[0], chain[depth - 1]) > state.header.window()) std::abort();
  } catch (const Error&) {
    if (taken) std::abort();
  }
  return 0;
}
