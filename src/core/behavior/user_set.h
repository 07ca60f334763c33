/// Sets of users on their way through a computation: portable bytes that are owned.
#pragma once

#include <memory_resource>
#include <span>
#include <vector>

#include "core/bitmap/bitmap_view.h"

namespace cdp::behavior {

/// Its moves leave the bytes where they are, so views of a set stay right.
using UserSet = std::pmr::vector<std::byte>;

inline bitmap::BitmapView ViewOf(const UserSet& set) { return bitmap::BitmapView(set); }

UserSet NoUsers(std::pmr::memory_resource* memory);
/// Those in any of the sets, in all of two, in `a` and not in `b`.
UserSet UnionOf(std::span<const bitmap::Bytes> sets, std::pmr::memory_resource* memory);
UserSet MeetOf(bitmap::Bytes a, bitmap::Bytes b, std::pmr::memory_resource* memory);
UserSet Without(bitmap::Bytes a, bitmap::Bytes b, std::pmr::memory_resource* memory);

}  // namespace cdp::behavior
