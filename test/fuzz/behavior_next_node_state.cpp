/// Arbitrary bytes as the state of sequence_next_node: through the door, and past it.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/behavior/next_node.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cdp;
  using namespace cdp::behavior;
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  const std::vector<std::byte> bytes(begin, begin + size);
  bool taken = false;
  try {
    CheckNextNodeState(bytes, ErrorCode::kInvalidBinary);
    taken = true;
  } catch (const Error&) {
  }
  try {
    const auto found = NextNode(ReadNextNodeState(bytes), std::pmr::new_delete_resource());
    if (found && found->size() > size) std::abort();
  } catch (const Error&) {
    if (taken) std::abort();
  }
  return 0;
}
