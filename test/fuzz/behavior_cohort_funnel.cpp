/// Arbitrary bytes as a funnel: what the door accepts stays what it is; what it refuses must not
/// harm the readers either.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory_resource>
#include <vector>

#include "core/behavior/cohort_funnel.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cdp;
  using namespace cdp::behavior;
  const bitmap::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  auto* memory = std::pmr::new_delete_resource();
  try {
    const CohortFunnelView view(bytes);
    for (int k = 1; k <= view.steps(); ++k) {
      const bitmap::BitmapView users(view.Users(k));
      if (users.Cardinality() != 0) users.Contains(users.Max());
    }
    for (int i = 0; i < view.times(); ++i) QuantileOf(view.TimeAt(i).sketch, 0.9);
    for (int b = 2; b <= view.steps(); ++b) view.TimeToConvert(1, b, 0.5);
  } catch (const Error&) {
  }
  try {
    const auto image = CheckedCohortFunnel(bytes, ErrorCode::kInvalidBinary, memory);
    if (!std::ranges::equal(CheckedCohortFunnel(image, ErrorCode::kInvalidBinary, memory), image)) {
      std::abort();
    }
    const CohortFunnelView view(image);
    for (int k = 2; k <= view.steps(); ++k) {
      if (view.Count(k) > view.Count(k - 1)) std::abort();
    }
    CohortFunnel twice(memory);
    twice.Merge(bytes);
    twice.Merge(image);
    std::vector<std::byte> again(twice.ImageSize(true));
    twice.WriteImage(again.data(), true);
    if (CohortFunnelView(again).steps() != std::max(1, view.steps())) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
