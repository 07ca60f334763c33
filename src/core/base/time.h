/// Instants and spans of time as the core sees them: microseconds in 64 bits.
#pragma once

#include <cstdint>

namespace cdp {

/// Microseconds since 2000-01-01 00:00 UTC, PostgreSQL's own epoch.
using Micros = std::int64_t;

/// later - earlier without overflow; both may be anywhere in the range, later >= earlier.
constexpr std::uint64_t Elapsed(Micros earlier, Micros later) {
  return static_cast<std::uint64_t>(later) - static_cast<std::uint64_t>(earlier);
}

}  // namespace cdp
