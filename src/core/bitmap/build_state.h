/// The partial states of rb_build_agg and rb64_build_agg while they are small: values as they came.
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

/// The first bytes of a partial state of rb64_build_agg that is small: values as they came, in a
/// second form of the type's bytes. No portable bitmap begins with them, for their number of
/// buckets would be beyond 2^32. Where one turns up it means the set of its values.
inline constexpr std::uint64_t kBuildCookie64 = 0x31302d3436424443;  // "CDB64-01"
/// The cookie, and the number of values; room for more values may follow them.
inline constexpr std::size_t kBuildHeaderBytes64 = 12;

bool IsBuildState64(Bytes bytes);
/// The values, in any order; the count is checked against the bytes.
std::pmr::vector<std::uint64_t> BuildStateValues64(Bytes bytes, std::pmr::memory_resource* memory);

}  // namespace cdp::bitmap
