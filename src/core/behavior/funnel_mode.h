/// The words that make a funnel stricter.
#pragma once

#include <cstdint>
#include <string_view>

namespace cdp::behavior {

/// All false: the default, the longest prefix of steps in order of time within the window.
struct FunnelMode {
  bool order = false;        ///< strict_order: nothing in between
  bool deduplicate = false;  ///< strict_deduplication: a step reached twice ends the funnel
  bool increase = false;     ///< strict_increase: every step later than the one before
  bool once = false;         ///< strict_once: an event fills one step of a chain
  bool reentry = false;      ///< allow_reentry: strict_order passes over steps out of their order

  friend bool operator==(const FunnelMode&, const FunnelMode&) = default;
};

/// Reads words separated by commas, any case: ClickHouse's, Doris's, or the sum of StarRocks's
/// numbers. Throws kInvalidArgument, naming what exists, for anything else.
FunnelMode ParseFunnelMode(std::string_view text);

/// The mode as a byte of a stored state.
std::uint8_t PackFunnelMode(FunnelMode mode);

/// What PackFunnelMode wrote. Throws kCorruptData for a byte that it does not write.
FunnelMode UnpackFunnelMode(std::uint8_t byte);

}  // namespace cdp::behavior
