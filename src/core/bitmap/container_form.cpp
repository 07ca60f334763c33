#include "core/bitmap/container_form.h"

namespace cdp::bitmap {
namespace {

[[gnu::always_inline]] inline BitCounts Count(const Words& words) {
  BitCounts counts = {};
  std::uint64_t before = 0;
  for (const std::uint64_t word : words) {
    counts.bits += static_cast<std::uint32_t>(std::popcount(word));
    counts.runs += static_cast<std::uint32_t>(std::popcount(word & ~(word << 1 | before)));
    before = word >> 63;
  }
  return counts;
}

BitCounts CountPortable(const Words& words) { return Count(words); }

#if defined(__x86_64__)
[[gnu::target("popcnt")]] BitCounts CountPopcnt(const Words& words) { return Count(words); }
#endif

using CountFunction = BitCounts (*)(const Words&);

CountFunction Choose() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("popcnt")) return CountPopcnt;
#endif
  return CountPortable;
}

}  // namespace

BitCounts CountBitsAndRuns(const Words& words) {
  static const CountFunction count = Choose();
  return count(words);
}

}  // namespace cdp::bitmap
