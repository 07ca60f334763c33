#include "check.h"

#include <cstdio>
#include <map>
#include <set>
#include <stdexcept>
#include <vector>

#include "check_behavior.h"
#include "check_identity.h"
#include "check_rows.h"

namespace cdp::demo {
namespace {

using Counts = std::map<std::string, std::int64_t>;

std::int64_t PairsOf(std::int64_t n) { return n * (n - 1) / 2; }

// How well the resolved persons agree with the true ones, over pairs of identifiers.
void CountPairs(const CheckedRows& rows, const std::vector<int>& person,
                const std::vector<std::vector<std::string>>& truth, Counts& counts) {
  std::map<std::string, std::int64_t> by_true;
  std::map<int, std::int64_t> by_resolved;
  std::map<std::pair<std::string, int>, std::int64_t> by_both;
  for (const auto& row : truth) {
    const auto found = rows.number.find(row[0] + '\t' + row[1]);
    if (found == rows.number.end()) {
      throw std::runtime_error("identifier \"" + row[1] + "\" of the truth is in no row");
    }
    const int who = person[static_cast<std::size_t>(found->second)];
    if ((who < 0) != (row[2] == "-1")) ++counts["wrongly guarded"];
    if (who == kBlocked) ++counts["identifiers_blocked"];
    if (who == kShared) ++counts["identifiers_shared"];
    if (who < 0) continue;
    ++counts["identifiers_active"];
    ++by_true[row[2]];
    ++by_resolved[who];
    ++by_both[{row[2], who}];
  }
  for (const auto& [key, n] : by_true) counts["pairs_true"] += PairsOf(n);
  for (const auto& [key, n] : by_resolved) counts["pairs_resolved"] += PairsOf(n);
  for (const auto& [key, n] : by_both) counts["pairs_correct"] += PairsOf(n);
  counts["people"] = static_cast<std::int64_t>(by_true.size());
  counts["persons_resolved"] = static_cast<std::int64_t>(by_resolved.size());
}

class Comparison {
 public:
  explicit Comparison(const Counts& counts) : counts_(counts) {}

  void Expect(const std::string& what, const std::string& name, const std::string& planted) {
    const auto found = counts_.find(name);
    const std::string counted = found == counts_.end() ? "0" : std::to_string(found->second);
    ++(counted == planted ? passed_ : failed_);
    if (counted != planted) {
      std::printf("%s: planted %s, counted %s\n", what.c_str(), planted.c_str(), counted.c_str());
    }
  }
  void ExpectNotEmpty(const std::string& what, const std::string& planted) {
    ++(planted == "0" ? failed_ : passed_);
    if (planted == "0") std::printf("%s: nothing is planted\n", what.c_str());
  }
  bool Report() const {
    std::printf("%d passed, %d failed\n", passed_, failed_);
    return failed_ == 0;
  }

 private:
  const Counts& counts_;
  int passed_ = 0;
  int failed_ = 0;
};

// Definitions and ratios: nothing to count.
bool IsGiven(const std::string& name) {
  static const std::set<std::string> given{
      "seed",        "data_from",           "as_of",       "last_day",  "tag_from",
      "tag_days",    "cart_window_minutes", "funnel_from", "funnel_to", "funnel_window_days",
      "cohort_from", "cohort_to",           "precision",   "recall"};
  return given.count(name) > 0;
}

}  // namespace

bool Check(const std::string& directory) {
  Facts facts;
  for (const auto& row : ReadTable(directory + "/truth_fact.tsv")) facts[row.at(0)] = row.at(1);
  const CheckedRows rows = ReadRows(directory);
  const std::vector<int> person = ResolvePersons(rows);
  Counts counts = CountBehavior(rows, person, facts);
  counts.insert(rows.counts.begin(), rows.counts.end());
  CountPairs(rows, person, ReadTable(directory + "/truth_identifier.tsv"), counts);

  Comparison comparison(counts);
  const std::int64_t cohort_from = ParseDate(facts.at("cohort_from"));
  const auto cohort_of = [&](const std::string& date) {
    return std::to_string((ParseDate(date) - cohort_from) / (7 * 86400));
  };
  const std::string cohort_size = "cohort_size_";
  comparison.Expect("guarded identifiers that are somebody's, or the reverse", "wrongly guarded",
                    "0");
  for (const auto& [name, value] : facts) {
    if (IsGiven(name)) continue;
    const bool size = name.rfind(cohort_size, 0) == 0;
    comparison.Expect(
        name, size ? "cohort_size " + cohort_of(name.substr(cohort_size.size())) : name, value);
    comparison.ExpectNotEmpty(name, value);
  }
  for (const auto& row : ReadTable(directory + "/truth_funnel.tsv")) {
    const std::string cell = "funnel " + row.at(0) + " " + row.at(1);
    comparison.Expect(cell, cell, row.at(3));
    comparison.ExpectNotEmpty(cell, row.at(3));
  }
  for (const auto& row : ReadTable(directory + "/truth_cohort.tsv")) {
    const std::string cell = "cohort " + cohort_of(row.at(0)) + " " + row.at(1);
    comparison.Expect("cohort " + row.at(0) + " +" + row.at(1), cell, row.at(2));
    comparison.ExpectNotEmpty("cohort " + row.at(0) + " +" + row.at(1), row.at(2));
  }
  return comparison.Report();
}

}  // namespace cdp::demo
