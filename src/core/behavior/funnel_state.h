/// What a funnel over rows knows of one group: its parameters and the rows that matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>

#include "core/base/error.h"
#include "core/behavior/funnel_mode.h"
#include "core/behavior/hit.h"

namespace cdp::behavior {

inline constexpr std::uint8_t kFunnelStateVersion = 1;

/// The bytes before the hits, as docs/formats.md says.
struct FunnelStateHeader {
  std::uint8_t version;
  std::uint8_t flags;
  std::uint8_t conditions;
  std::uint8_t mode;   ///< PackFunnelMode
  std::uint32_t used;  ///< hits; more room may follow
  std::uint32_t window_low;
  std::uint32_t window_high;

  std::uint64_t window() const { return std::uint64_t{window_high} << 32 | window_low; }
  bool wide() const { return conditions > kNarrowConditions; }
};
static_assert(sizeof(FunnelStateHeader) == 16);

/// A stored state; the hits lie within its bytes, aligned to four as the bytes are.
struct FunnelStateView {
  FunnelStateHeader header;
  FunnelMode mode;
  std::span<const std::byte> hits;  ///< header.used of them

  /// Calls use(hits) with a span of NarrowHit or WideHit.
  template <class Use>
  auto WithHits(Use&& use) const {
    if (header.wide()) return use(As<WideHit>());
    return use(As<NarrowHit>());
  }

  template <class Hit>
  std::span<const Hit> As() const {
    return {reinterpret_cast<const Hit*>(hits.data()), header.used};
  }
};

/// Throws kCorruptData when the bytes are no state.
FunnelStateView ReadFunnelState(std::span<const std::byte> bytes);

/// Judges bytes that come through a door: also that nothing follows the hits and that each is one
/// that a row can leave. Throws an error of kind `code`.
void CheckFunnelState(std::span<const std::byte> bytes, ErrorCode code);

/// The number of conditions that the hits fill in order within the window, by the rules of the
/// state's mode. `memory` lends room for a sorted copy where they need one.
int FunnelDepth(const FunnelStateView& state, std::pmr::memory_resource* memory);

/// Writes the times of the winning chain, one for each step of the depth, and returns the depth.
int FunnelChain(const FunnelStateView& state, std::pmr::memory_resource* memory, Micros* out);

}  // namespace cdp::behavior
