/// Whose value compares so with another: container by container, so that nothing between is larger.
#pragma once

#include <memory_resource>

#include "core/bsi/bsi_view.h"
#include "core/bsi/id_set.h"

namespace cdp::bsi {

enum class Comparison : std::uint8_t { kEq, kNe, kLt, kLe, kGt, kGe };

/// The ids whose distance from the least value compares so with `distance`, which must not be
/// beyond the greatest one's; of these, those that are in `only` too, unless it is null.
IdSet CompareDistances(const BsiView& view, const BitmapView* only, Comparison comparison,
                       std::uint64_t distance, std::pmr::memory_resource* memory);

}  // namespace cdp::bsi
