/// Timestamps as loaders write them.

#include "pg/base/datum.h"

namespace cdp::pg {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Does the text use a word whose meaning depends on the day it is read? A row must mean the same
/// whenever it is loaded.
bool IsRelative(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && IsLetter(text[end])) ++end;
    const std::string_view word = text.substr(at, end - at);
    for (const std::string_view relative : {"now", "today", "tomorrow", "yesterday"}) {
      if (word.size() == relative.size() &&
          pg_strncasecmp(word.data(), relative.data(), relative.size()) == 0) {
        return true;
      }
    }
    at = end + 1;
  }
  return false;
}

}  // namespace

CDP_FUNCTION(cdp__timestamptz_or_null) {
  const char* literal = text_to_cstring(PG_GETARG_TEXT_PP(0));
  TimestampTz at = 0;
  if (IsRelative(literal) || !TryParseTimestamptz(literal, &at)) PG_RETURN_NULL();
  PG_RETURN_TIMESTAMPTZ(at);
}

}  // namespace cdp::pg
