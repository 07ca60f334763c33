/// Whether differences of rates are more than chance: where counts are small, and where many are
/// looked at. Sources of the formulas: docs/guide/cohort.md.
#pragma once

#include <memory_resource>
#include <optional>
#include <span>

#include "core/behavior/proportion.h"

namespace cdp::behavior {

/// Fisher's exact test of two rates: how likely, given all totals, a table is that is no likelier
/// than this one. Nothing when either has no trials. Takes time with the square root of the
/// counts.
std::optional<double> FisherP(const Proportion& a, const Proportion& b);

/// The p of Compare, or FisherP where a count of the four is expected to be below 5.
std::optional<double> DifferenceP(const Proportion& a, const Proportion& b);

enum class Correction : std::uint8_t {
  kHolm,      ///< chance of a single false discovery; whatever the dependence of the tests
  kHochberg,  ///< share of false discoveries (Benjamini and Hochberg); of independent tests
};

/// Replaces each p by the level at which it would still count, the others looked at too. Throws
/// kInvalidArgument unless all are between 0 and 1.
void AdjustP(std::span<double> p, Correction correction, std::pmr::memory_resource* memory);

}  // namespace cdp::behavior
