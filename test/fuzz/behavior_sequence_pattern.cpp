/// Arbitrary text as a sequence pattern: what is read must be sound, and must run.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/behavior/sequence_match.h"
#include "core/behavior/sequence_pattern.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cdp;
  using namespace cdp::behavior;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::pmr::monotonic_buffer_resource memory;
  try {
    const SequencePattern pattern = ParseSequencePattern(text, 5, &memory);
    if (pattern.items.empty()) std::abort();
    for (const PatternItem& item : pattern.items) {
      for (std::size_t i = 0; i < item.spans.size(); ++i) {
        if (item.spans[i].least > item.spans[i].most) std::abort();
        if (i > 0 && item.spans[i].least <= item.spans[i - 1].most) std::abort();
      }
    }
    SequenceScan scan(pattern, &memory);
    std::pmr::vector<Seen> events(&memory);
    for (int i = 0; i < 40; ++i) {
      events.push_back({i * i * 250'000, std::uint64_t{1} << (i * 7 % 5)});
      if (!scan.Feed(events.back().at, events.back().fills)) continue;
      std::pmr::vector<Micros> chain(&memory);
      WriteMatchChain(pattern, events, &memory, &chain);
      if (chain.size() > pattern.items.size()) std::abort();
      for (std::size_t j = 1; j < chain.size(); ++j) {
        if (chain[j] < chain[j - 1]) std::abort();
      }
      break;
    }
  } catch (const PatternError& error) {
    if (error.at() > size) std::abort();
  }
  return 0;
}
