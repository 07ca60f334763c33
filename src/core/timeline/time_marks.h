/// What can be told of many instants at once: where pauses lie between them, and on which days they
/// are.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/time.h"

namespace cdp::timeline {

/// Bit i: at[i + 1] comes no later than `gap` after at[i], for `n` pairs, 1 to 64 of them.
std::uint64_t MarkShortPauses(const Micros* at, std::size_t n, std::uint64_t gap);

/// Bit d: one of `n` instants lies on the d-th day of 24 hours from `midnight` on. All should lie
/// on the first 64; whatever does not sets any bit.
std::uint64_t MarkDays(const Micros* at, std::size_t n, Micros midnight);

/// The kernels of this processor, or those that every processor has (for tests).
void UsePortableTimeMarks(bool portable);

}  // namespace cdp::timeline
