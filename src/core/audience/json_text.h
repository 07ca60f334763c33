/// JSON as text: a small reader that makes a tree of it, and strings for a writer.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cdp::audience {

enum class JsonKind { kNull, kTrue, kFalse, kNumber, kString, kArray, kObject };

struct Json {
  JsonKind kind = JsonKind::kNull;
  std::string text;               ///< kNumber: as written; kString: without escapes
  std::vector<std::string> keys;  ///< kObject: of the items
  std::vector<Json> items;        ///< kArray, kObject
};

/// What may be in memory for a document that somebody sends us.
inline constexpr int kMaxJsonDepth = 2048;
inline constexpr std::size_t kMaxJsonItems = 4'000'000;

/// Throws kInvalidText for what is no JSON, kLimitExceeded for what is too deep or too large.
Json ParseJson(std::string_view text);

/// Text as a JSON string; bytes beyond ASCII stand for themselves.
void AppendJson(std::string* out, std::string_view text);

}  // namespace cdp::audience
