/// Arbitrary bytes as a timeline: through the door, and past it, as a page that rotted would come.
/// What the door takes must be the documented image of what is read from it.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/behavior/timeline_funnel.h"
#include "core/timeline/timeline_check.h"
#include "core/timeline/timeline_reader.h"
#include "oracle/timeline.h"

namespace {

using namespace cdp::timeline;

cdp::oracle::TimelineEvent OracleOf(const FullEvent& record) {
  cdp::oracle::TimelineEvent event{record.at, record.code, {}, {}};
  if (record.has_value()) event.value = record.value;
  for (int i = 0; i < kMaxProperties; ++i) {
    if (record.has_property(i + 1)) event.properties[i] = record.properties[i];
  }
  return event;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cdp;
  // A copy of just this size: reading behind it is seen.
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  const std::vector<std::byte> image(begin, begin + size);
  UsePortableKernels(size % 2 == 0);
  bool taken = false;
  try {
    CheckImage(image, ErrorCode::kInvalidBinary, std::pmr::get_default_resource());
    taken = true;
  } catch (const Error&) {
  }
  try {
    const View view(image);
    std::vector<FullEvent> events(view.count());
    CopyEvents(view, events.data());
    std::size_t index = 0;
    ForEachEvent(view, [&](Micros at, std::int32_t code) {
      const FullEvent& event = events[index++];
      if (event.at != at || event.code != code) std::abort();
    });
    if (taken) {
      oracle::Events list;
      for (const FullEvent& event : events) list.push_back(OracleOf(event));
      if (oracle::Image(list) != image) std::abort();
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
    const BuildView build = ReadBuildForm(image);
    std::vector<FullEvent> events(build.count);
    build.CopyTo(events.data());
    std::int64_t sum = 0;
    for (const FullEvent& event : events) sum ^= event.at ^ event.value ^ event.properties[3];
    if (sum == 1) return 0;
  } catch (const Error&) {
  }
  return 0;
}
