#include "journal.h"

#include <algorithm>
#include <array>
#include <utility>

namespace cdp::demo {

std::uint32_t PriceOf(std::uint16_t item) {
  constexpr std::array<std::uint32_t, kCategories> kBase{2990,  5900,  9900,  12900,
                                                         19900, 25900, 39900, 79900};
  return kBase[item % kCategories] + item / kCategories % 10 * 1000;
}

void Journal::Sort() {
  const auto earlier = [](const auto& x, const auto& y) { return x.at < y.at; };
  std::stable_sort(events_.begin(), events_.end(), earlier);
  std::stable_sort(links_.begin(), links_.end(), earlier);
}

}  // namespace cdp::demo
