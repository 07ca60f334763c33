/// The partial state of rb_build_agg while it is small: values as they came.
///
/// It is a second form of the type's bytes, told by its first four, which no portable bitmap has.
/// It is never stored on purpose; where one turns up nevertheless it means the set of its values.
#pragma once

#include <memory_resource>
#include <vector>

#include "core/bitmap/format.h"

namespace cdp::bitmap {

/// "CDB1" as bytes.
inline constexpr std::uint32_t kBuildCookie = 0x31424443;
/// The cookie, and the number of values; room for more values may follow them.
inline constexpr std::size_t kBuildHeaderBytes = 8;

bool IsBuildState(Bytes bytes);
/// The values, in any order; the count is checked against the bytes.
std::pmr::vector<std::uint32_t> BuildStateValues(Bytes bytes, std::pmr::memory_resource* memory);

}  // namespace cdp::bitmap
