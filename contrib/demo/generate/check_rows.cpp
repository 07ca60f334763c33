#include "check_rows.h"

#include <algorithm>
#include <chrono>
#include <unordered_set>

#include "text_file.h"

namespace cdp::demo {
namespace {

std::vector<std::string_view> Split(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::size_t end; (end = line.find('\t')) != line.npos; line.remove_prefix(end + 1)) {
    fields.push_back(line.substr(0, end));
  }
  fields.push_back(line);
  return fields;
}

template <typename Visit>
void EachLine(const std::string& text, Visit visit) {
  std::string_view rest = text;
  for (std::size_t end; (end = rest.find('\n')) != rest.npos; rest.remove_prefix(end + 1)) {
    visit(Split(rest.substr(0, end)));
  }
}

bool IsMissing(std::string_view text) { return text.empty() || text == "\\N"; }

int Digits(std::string_view text) {
  int value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return -1;
    value = 10 * value + (c - '0');
  }
  return value;
}

class RowReader {
 public:
  explicit RowReader(const std::string& directory) : directory_(directory) {}

  CheckedRows Read() {
    ReadLinks();
    ReadEvents();
    std::sort(rows_.pairs.begin(), rows_.pairs.end());
    rows_.pairs.erase(std::unique(rows_.pairs.begin(), rows_.pairs.end()), rows_.pairs.end());
    rows_.counts["link_pairs"] = static_cast<std::int64_t>(rows_.pairs.size());
    rows_.counts["identifiers"] = static_cast<std::int64_t>(rows_.identifiers.size());
    return std::move(rows_);
  }

 private:
  int Intern(std::string_view type, std::string_view value) {
    std::string key(type);
    key += '\t';
    key += value;
    const auto [at, fresh] = rows_.number.emplace(std::move(key), rows_.identifiers.size());
    if (fresh) rows_.identifiers.push_back({std::string(type), std::string(value)});
    return at->second;
  }

  void Pair(int a, int b) { rows_.pairs.emplace_back(std::min(a, b), std::max(a, b)); }

  void ReadLinks() {
    EachLine(ReadFile(directory_ + "/links.tsv"), [this](const auto& field) {
      ++rows_.counts["link_rows"];
      if (IsMissing(field[2]) || IsMissing(field[4])) {
        ++rows_.counts["link_bad"];
        return;
      }
      const int a = Intern(field[1], field[2]);
      const int b = Intern(field[3], field[4]);
      if (a == b) {
        ++rows_.counts["link_self"];
      } else {
        Pair(a, b);
      }
    });
  }

  void ReadEvents() {
    std::unordered_set<std::string> seen;
    EachLine(ReadFile(directory_ + "/events.tsv"), [&](const auto& field) {
      ++rows_.counts["event_rows"];
      const std::int64_t at = ParseTime(field[1]);
      const char* fault = at < 0                ? "event_bad_time"
                          : IsMissing(field[4]) ? "event_bad_id"
                          : IsMissing(field[2]) ? "event_bad_name"
                                                : nullptr;
      if (fault != nullptr) {
        ++rows_.counts["event_bad"];
        ++rows_.counts[fault];
        return;
      }
      if (!seen.emplace(field[0]).second) {
        ++rows_.counts["event_duplicate"];
        return;
      }
      ++rows_.counts["event_good"];
      const int id = Intern(field[3], field[4]);
      rows_.events.push_back(
          {at, id, std::string(field[2]), std::string(field[5]), Cents(field[6])});
      if (!IsMissing(field[7])) ReadIdentities(id, field[7]);
    });
  }

  static std::int64_t Cents(std::string_view props) {
    constexpr std::string_view kKey = "\"amount\": ";
    const std::size_t start = props.find(kKey);
    if (start == props.npos) return 0;
    std::int64_t cents = 0;
    for (char c : props.substr(start + kKey.size())) {
      if (c == ',' || c == '}') break;
      if (c != '.') cents = 10 * cents + (c - '0');
    }
    return cents;
  }

  // Every quoted text is a type when a colon follows it, else a value of the type before.
  void ReadIdentities(int id, std::string_view json) {
    std::string_view type;
    for (std::size_t open = json.find('"'); open != json.npos; open = json.find('"')) {
      const std::size_t close = json.find('"', open + 1);
      const std::string_view text = json.substr(open + 1, close - open - 1);
      json.remove_prefix(close + 1);
      if (json.front() == ':') {
        type = text;
      } else {
        const int other = Intern(type, text);
        if (other != id) Pair(id, other);
      }
    }
  }

  const std::string& directory_;
  CheckedRows rows_;
};

}  // namespace

std::vector<std::vector<std::string>> ReadTable(const std::string& path) {
  std::vector<std::vector<std::string>> table;
  EachLine(ReadFile(path),
           [&](const auto& field) { table.emplace_back(field.begin(), field.end()); });
  return table;
}

std::int64_t ParseDate(std::string_view text) {
  using namespace std::chrono;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return -1;
  const year_month_day date{year{Digits(text.substr(0, 4))},
                            month{static_cast<unsigned>(Digits(text.substr(5, 2)))},
                            day{static_cast<unsigned>(Digits(text.substr(8, 2)))}};
  if (!date.ok() || Digits(text.substr(0, 4)) < 1) return -1;
  return sys_days{date}.time_since_epoch().count() * std::int64_t{86400};
}

std::int64_t ParseTime(std::string_view text) {
  if (text.size() != 22 || text.substr(19) != "+08" || text[10] != ' ') return -1;
  const std::int64_t date = ParseDate(text.substr(0, 10));
  const int hour = Digits(text.substr(11, 2));
  const int minute = Digits(text.substr(14, 2));
  const int second = Digits(text.substr(17, 2));
  if (date < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
    return -1;
  }
  return date + hour * 3600 + minute * 60 + second;
}

CheckedRows ReadRows(const std::string& directory) { return RowReader(directory).Read(); }

}  // namespace cdp::demo
