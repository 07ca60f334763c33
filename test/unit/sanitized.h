/// Sanitized code is several times slower: random tests take fewer rounds there.
#pragma once

namespace cdp {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#else
inline constexpr bool kSanitized = false;
#endif

/// The rounds of a random test: `plain`, or a sixth of them under sanitizers.
constexpr int Rounds(int plain) { return kSanitized ? (plain + 5) / 6 : plain; }

}  // namespace cdp
