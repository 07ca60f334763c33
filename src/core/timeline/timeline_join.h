/// Timelines that follow each other in time, such as the months of a person, as one.
#pragma once

#include <memory_resource>
#include <span>

#include "core/timeline/timeline_view.h"

namespace cdp::timeline {

/// Whether each part, none of them empty, ends before the next begins.
bool FollowEachOther(std::span<const View> parts);

/// The image of all events of such parts, made column by column; allocated from `memory` and not
/// given back.
std::span<const std::byte> JoinedImage(std::span<const View> parts,
                                       std::pmr::memory_resource* memory);

}  // namespace cdp::timeline
