/// Phone numbers as people and systems write them.
#pragma once

#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>

namespace cdp::identity {

/// A number in E.164: +8613912345678. `text` is ASCII; between digits it may have spaces, dots,
/// hyphens, slashes and brackets. Without + or 00 before it the number is of this country (two
/// capital letters); unless we know the country, only a number with + or 00 is understood. Checked
/// are its length and, for China, its first digits. What nobody has, as 11111111111 or 12345678901,
/// is no number.
std::optional<std::pmr::string> PhoneNumber(std::string_view text, std::string_view country,
                                            std::pmr::memory_resource* memory);

}  // namespace cdp::identity
