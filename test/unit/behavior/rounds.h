/// How often a property is tried: less under sanitizers, which make a round ten times as long.
#pragma once

namespace cdp {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr int kRounds = 10'000;
#else
inline constexpr int kRounds = 120'000;
#endif

}  // namespace cdp
