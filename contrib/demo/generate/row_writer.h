#pragma once

#include <cstdint>
#include <string>

#include "identity_noise.h"
#include "world.h"

namespace cdp::demo {

/// Counts that arise while rows are written.
struct RowCounts {
  std::uint64_t event_rows = 0;
  std::uint64_t event_good = 0;
  std::uint64_t event_duplicates = 0;
  std::uint64_t link_rows = 0;
};

/// Writes events.tsv and links.tsv in COPY text format, in order of time; a loader's retries repeat
/// single rows and blocks of rows. The journal must be sorted. Throws std::runtime_error.
RowCounts WriteRows(const World& world, std::uint64_t seed, const std::string& directory);

/// Writes the four truth_*.tsv. Throws std::runtime_error.
void WriteTruths(const World& world, std::int32_t people, std::uint64_t seed,
                 const NoiseCounts& noise, const RowCounts& rows, const std::string& directory);

}  // namespace cdp::demo
