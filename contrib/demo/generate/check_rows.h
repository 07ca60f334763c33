#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace cdp::demo {

/// The rows as a reader of the files sees them: names are text, nothing is shared with the writer.
struct CheckedRows {
  struct Identifier {
    std::string type;
    std::string value;
  };
  struct Event {
    std::int64_t at;  // local seconds since 1970
    int id;
    std::string name;
    std::string channel;
    std::int64_t cents;
  };

  std::vector<Identifier> identifiers;
  std::unordered_map<std::string, int> number;  // of "type<tab>value"
  std::vector<Event> events;                    // good ones, each once
  std::vector<std::pair<int, int>> pairs;       // distinct, smaller number first
  std::map<std::string, std::int64_t> counts;   // facts about rows
};

/// The fields of the lines of a tab-separated file.
std::vector<std::vector<std::string>> ReadTable(const std::string& path);

/// Seconds of "2025-06-18 20:00:03+08", or -1 when the text is no such time.
std::int64_t ParseTime(std::string_view text);
/// Local seconds at the start of "2025-06-18".
std::int64_t ParseDate(std::string_view text);

CheckedRows ReadRows(const std::string& directory);

}  // namespace cdp::demo
