/// What a funnel over rows knows of one group: its parameters and the rows that fill a step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>

#include "core/base/error.h"
#include "core/timeline/stamped.h"

namespace cdp::behavior {

inline constexpr int kMaxConditions = 32;

/// A row: its instant and the set of conditions that hold.
using Hit = timeline::Stamped<std::uint32_t>;

inline constexpr std::uint8_t kFunnelStateVersion = 1;
/// Set in the flags once a hit came earlier than the one before it.
inline constexpr std::uint8_t kHitsUnsorted = 1;

/// The bytes before the hits, as docs/formats.md says.
struct FunnelStateHeader {
  std::uint8_t version;
  std::uint8_t flags;
  std::uint8_t conditions;
  std::uint8_t zero;
  std::uint32_t used;  ///< hits; more room may follow
  std::uint32_t window_low;
  std::uint32_t window_high;

  std::uint64_t window() const { return std::uint64_t{window_high} << 32 | window_low; }
};
static_assert(sizeof(FunnelStateHeader) == 16);

/// A stored state; the hits lie within its bytes, aligned to four as the bytes are.
struct FunnelStateView {
  FunnelStateHeader header;
  std::span<const Hit> hits;
};

/// Throws kCorruptData when the bytes are no state.
FunnelStateView ReadFunnelState(std::span<const std::byte> bytes);

/// Judges bytes that come through a door: also that nothing follows the hits and that each is one
/// that a row can leave. Throws an error of kind `code`.
void CheckFunnelState(std::span<const std::byte> bytes, ErrorCode code);

/// The number of conditions that the hits fill in order within the window. `memory` lends room for
/// a sorted copy where they need one.
int FunnelDepth(const FunnelStateView& state, std::pmr::memory_resource* memory);

}  // namespace cdp::behavior
