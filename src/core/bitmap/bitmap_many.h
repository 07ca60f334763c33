/// What many bitmaps have together, container by container and without steps in between.
#pragma once

#include <memory_resource>
#include <span>

#include "core/bitmap/bitmap_parts.h"

namespace cdp::bitmap {

/// The values in every bitmap. The smallest decides which containers are looked at, and a container
/// is left as soon as nothing of it remains. Changes the order of the views; there must be one.
void AndMany(std::span<BitmapView> views, BitmapParts* result, std::pmr::memory_resource* memory);
std::uint64_t AndManyCardinality(std::span<BitmapView> views, std::pmr::memory_resource* memory);

/// The values in any bitmap.
void OrMany(std::span<BitmapView> views, BitmapParts* result, std::pmr::memory_resource* memory);
std::uint64_t OrManyCardinality(std::span<BitmapView> views, std::pmr::memory_resource* memory);

}  // namespace cdp::bitmap
