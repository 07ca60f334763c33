/// Credit for the last touch, the most asked of all models, in one pass.
#pragma once

#include <memory_resource>

#include "core/behavior/timeline_attribution.h"

namespace cdp::behavior {

/// Does what CountCredits does for AttributionModel::kLast. Returns false, and counts nothing,
/// where codes take several bytes or two of the events that matter come at one instant.
bool CountLastTouches(const timeline::View& view, const AttributionQuestion& question,
                      TallyTable* tally, std::pmr::memory_resource* memory);

}  // namespace cdp::behavior
