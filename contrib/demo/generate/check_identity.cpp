#include "check_identity.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace cdp::demo {
namespace {

constexpr int kFanoutLimit = 3;
constexpr int kUnseen = -3;

int RankOf(const std::string& type) {
  static const std::map<std::string, int> ranks{{"member_id", 10},
                                                {"registered_id", 15},
                                                {"unionid", 20},
                                                {"phone", 30},
                                                {"wecom_external_userid", 35},
                                                {"openid_mp", 40},
                                                {"openid_oa", 50},
                                                {"openid_app", 55},
                                                {"taobao_id", 60},
                                                {"jd_id", 70},
                                                {"douyin_id", 80},
                                                {"youzan_id", 85},
                                                {"pos_card", 88},
                                                {"email", 90},
                                                {"device_id", 100},
                                                {"cookie_id", 110},
                                                {"anonymous_id", 120}};
  return ranks.at(type);
}

bool IsPlaceholder(const std::string& value) {
  static const std::set<std::string> words{"null", "none",      "unknown",     "undefined",
                                           "-1",   "anonymous", "13800000000", "13800138000"};
  return value.find_first_not_of("0-") == value.npos || words.count(value) > 0;
}

}  // namespace

std::vector<int> ResolvePersons(const CheckedRows& rows) {
  const std::size_t n = rows.identifiers.size();
  std::vector<std::vector<int>> neighbours(n);
  for (const auto& [a, b] : rows.pairs) {
    neighbours[static_cast<std::size_t>(a)].push_back(b);
    neighbours[static_cast<std::size_t>(b)].push_back(a);
  }
  std::vector<int> ranks(n);
  for (std::size_t i = 0; i < n; ++i) ranks[i] = RankOf(rows.identifiers[i].type);
  std::vector<int> person(n, kUnseen);
  for (std::size_t i = 0; i < n; ++i) {
    std::map<int, int> linked;
    for (int other : neighbours[i]) ++linked[ranks[static_cast<std::size_t>(other)]];
    const bool shared = std::any_of(linked.begin(), linked.lower_bound(ranks[i]),
                                    [](const auto& entry) { return entry.second > kFanoutLimit; });
    if (shared) person[i] = kShared;
    if (IsPlaceholder(rows.identifiers[i].value)) person[i] = kBlocked;
  }
  int persons = 0;
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < n; ++i) {
    if (person[i] != kUnseen) continue;
    person[i] = persons;
    open.push_back(i);
    while (!open.empty()) {
      const std::size_t at = open.back();
      open.pop_back();
      for (int other : neighbours[at]) {
        const auto next = static_cast<std::size_t>(other);
        if (person[next] != kUnseen) continue;
        person[next] = persons;
        open.push_back(next);
      }
    }
    ++persons;
  }
  return person;
}

}  // namespace cdp::demo
