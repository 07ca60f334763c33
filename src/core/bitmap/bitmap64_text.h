/// The text form of a 64-bit bitmap: {1,2,-1}, values in unsigned order, written signed.
#pragma once

#include <memory_resource>
#include <string_view>
#include <vector>

#include "core/bitmap/bitmap64_view.h"

namespace cdp::bitmap {

/// The values of a literal, in the order and as often as they stand there.
std::pmr::vector<std::uint64_t> ParseArrayText64(std::string_view text,
                                                 std::pmr::memory_resource* memory);

/// How long the text can get: hardly more than it will be.
std::size_t MaxArrayText64(Bytes bytes);
/// Writes the text, without a closing zero, and returns its end.
char* WriteArrayText64(Bytes bytes, char* out);

}  // namespace cdp::bitmap
