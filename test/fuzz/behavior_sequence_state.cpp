/// Arbitrary bytes as the state of the sequence aggregates: through the door, and past it.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/behavior/sequence_state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cdp;
  using namespace cdp::behavior;
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  const std::vector<std::byte> bytes(begin, begin + size);
  bool taken = false;
  try {
    CheckSequenceState(bytes, ErrorCode::kInvalidBinary);
    taken = true;
  } catch (const Error&) {
  }
  try {
    const SequenceStateView state = ReadSequenceState(bytes);
    auto* memory = std::pmr::new_delete_resource();
    const std::int64_t count = CountMatches(state, INT64_MAX, memory);
    if (count < 0 || count > static_cast<std::int64_t>(size)) std::abort();
    // Bytes past the door only have to be survived.
    const auto chain = FirstMatch(state, memory);
    if (taken && count == 0 && !chain.empty()) std::abort();
  } catch (const Error&) {
    if (taken) std::abort();
  }
  return 0;
}
