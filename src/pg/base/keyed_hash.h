/// Fingerprints of values that nobody can compute, or confirm a guess by, without the key.
#pragma once

#include "pg/base/datum.h"

namespace cdp::pg {

inline constexpr std::size_t kKeyedHashBytes = 32;

/// HMAC-SHA256. May longjmp.
void KeyedHash(std::span<const std::byte> key, std::span<const std::byte> message,
               std::byte (&hash)[kKeyedHashBytes]);

}  // namespace cdp::pg
