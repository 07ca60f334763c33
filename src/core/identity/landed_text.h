/// Spellings of landed links that can be read without the server. Each function accepts only what
/// the SQL of cdp.ingest() reads as the same, and leaves everything else to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cdp::identity {

/// Keys of more bytes are refused: they would not fit into an index.
inline constexpr std::size_t kLongestKey = 1024;

/// The text without white space at both ends. In UTF-8 also without what nobody sees: no-break
/// space, zero-width space, ideographic space and byte order mark.
std::string_view Trim(std::string_view text, bool is_utf8);

/// No capital letter of ASCII in it?
bool IsLowerCase(std::string_view text);

/// A time as YYYY-MM-DDTHH:MM:SSZ, or with a space, from the year 1900 to 2199: seconds since
/// 1970-01-01.
std::optional<std::int64_t> PlainUtcSeconds(std::string_view text);

/// 0 or 1 or up to nine decimals between them: the nearest double.
std::optional<double> PlainFraction(std::string_view text);

}  // namespace cdp::identity
