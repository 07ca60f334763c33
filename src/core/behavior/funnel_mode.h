/// The words that make a funnel stricter.
#pragma once

#include <string_view>

namespace cdp::behavior {

/// All false: the default, the longest prefix of steps in order of time within the window.
struct FunnelMode {
  bool order = false;        ///< strict_order: nothing in between
  bool deduplicate = false;  ///< strict_deduplication: a step reached twice ends the funnel
  bool increase = false;     ///< strict_increase: every step later than the one before

  friend bool operator==(const FunnelMode&, const FunnelMode&) = default;
};

/// Reads words separated by commas, any case: ClickHouse's, Doris's, or the sum of StarRocks's
/// numbers. Throws kInvalidArgument, naming what exists, for anything else.
FunnelMode ParseFunnelMode(std::string_view text);

}  // namespace cdp::behavior
