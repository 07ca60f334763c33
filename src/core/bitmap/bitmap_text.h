/// The text form of a bitmap: {1,2,-1}, values in unsigned order, written signed.
#pragma once

#include <memory_resource>
#include <string_view>
#include <vector>

#include "core/bitmap/bitmap_view.h"

namespace cdp::bitmap {

/// The values of a literal, in the order and as often as they stand there. Spaces may surround
/// every part.
std::pmr::vector<std::uint32_t> ParseArrayText(std::string_view text,
                                               std::pmr::memory_resource* memory);

/// How long the text can get: hardly more than it will be.
std::size_t MaxArrayText(const BitmapView& view);
/// Writes the text, without a closing zero, and returns its end.
char* WriteArrayText(const BitmapView& view, char* out);

}  // namespace cdp::bitmap
