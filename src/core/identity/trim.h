/// White space around values, as people and programs leave it there.
#pragma once

#include <string_view>

namespace cdp::identity {

/// The text without white space at both ends. In UTF-8 also without what nobody sees: no-break
/// space, zero-width space, ideographic space and byte order mark.
inline std::string_view Trim(std::string_view text, bool is_utf8) {
  static constexpr std::string_view kSingle = " \t\n\r\f\v";
  static constexpr std::string_view kUtf8[] = {"\u00a0", "\u200b", "\u3000", "\ufeff"};
  for (bool again = true; again;) {
    again = false;
    while (!text.empty() && kSingle.find(text.front()) != kSingle.npos) text.remove_prefix(1);
    while (!text.empty() && kSingle.find(text.back()) != kSingle.npos) text.remove_suffix(1);
    // Few texts begin or end beyond ASCII.
    if (!is_utf8 || text.empty() || !((text.front() | text.back()) & 0x80)) continue;
    for (const std::string_view blank : kUtf8) {
      if (text.starts_with(blank)) {
        text.remove_prefix(blank.size());
        again = true;
      }
      if (text.ends_with(blank)) {
        text.remove_suffix(blank.size());
        again = true;
      }
    }
  }
  return text;
}

}  // namespace cdp::identity
