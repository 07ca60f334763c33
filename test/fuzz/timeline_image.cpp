/// Arbitrary bytes as a timeline: through the door, and past it, as a page that rotted would come.
/// What the door takes must be the documented image of what is read from it.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/behavior/timeline_funnel.h"
#include "core/timeline/timeline_check.h"
#include "core/timeline/timeline_view.h"
#include "oracle/timeline.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cdp;
  using namespace cdp::timeline;
  // A copy of just this size: reading behind it is seen.
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  const std::vector<std::byte> image(begin, begin + size);
  bool taken = false;
  try {
    CheckImage(image, ErrorCode::kInvalidBinary);
    taken = true;
  } catch (const Error&) {
  }
  try {
    const View view(image);
    std::vector<Event> events(view.count());
    view.CopyEvents(events.data());
    if (taken) {
      oracle::Events pairs;
      ForEachEvent(view, [&pairs](Micros at, std::int32_t code) { pairs.emplace_back(at, code); });
      for (std::size_t i = 0; i < pairs.size(); ++i) {
        if (!(events[i] == Event{pairs[i].first, pairs[i].second})) std::abort();
      }
      if (oracle::Image(pairs) != image) std::abort();
    }
  } catch (const Error&) {
    if (taken) std::abort();
  }
  const std::int32_t steps[] = {1, 2, 1, 300, 70'000};
  for (int bits = 0; bits < 8; ++bits) {
    try {
      const behavior::FunnelMode mode{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
      const int depth = behavior::TimelineFunnel(steps, 1'000'000, mode).Depth(View(image));
      if (depth < 0 || (taken && depth > 5)) std::abort();
    } catch (const Error&) {
      if (taken) std::abort();
    }
  }
  try {
    std::int64_t sum = 0;
    for (const Event& event : ReadBuildForm(image).events) sum ^= event.at ^ event.value;
    if (sum == 1) return 0;
  } catch (const Error&) {
  }
  return 0;
}
