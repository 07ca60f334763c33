#include "pg/identity/id_rules.h"

#include "pg/base/look_up.h"
#include "pg/base/query_stamp.h"

namespace cdp::pg {
namespace {

constexpr std::size_t kMostRules = 32;
constexpr std::size_t kLongestName = 63;

struct KnownRules {
  QueryStamp stamp;
  std::size_t count;
  struct {
    std::size_t size;
    char name[kLongestName];
    IdRule rule;
  } rules[kMostRules];
};

LookUp rule_of_type = {
    "SELECT t.normaliser, t.is_hashed::pg_catalog.text,"
    " (SELECT m.value FROM cdp.meta AS m WHERE m.key OPERATOR(pg_catalog.=) 'id_default_country'),"
    " (SELECT m.value FROM cdp.meta AS m WHERE m.key OPERATOR(pg_catalog.=) 'id_unknown_types')"
    " FROM (SELECT) AS one LEFT JOIN cdp.id_type AS t ON t.name OPERATOR(pg_catalog.=) $1"};

IdRule Asked(std::string_view type) {
  text* name = DatumGetTextPP(TextOf(type));
  text* columns[4] = {};
  FindRow(&rule_of_type, std::span(&name, 1), columns);
  const auto [normaliser, is_hashed, country, unknown_types] = columns;
  IdRule rule{};
  if (normaliser != nullptr) {
    // A table of a newer release may know normalisers that are not there yet.
    rule.normaliser =
        identity::NormaliserOf(ViewOf(normaliser)).value_or(identity::Normaliser::kTrim);
    // Where the table does not tell, SQL shall decide.
    rule.is_hashed = is_hashed == nullptr || ViewOf(is_hashed) == "true";
  } else {
    rule.is_refused = unknown_types != nullptr && ViewOf(unknown_types) == "quarantine";
  }
  if (country != nullptr && ViewOf(country).size() < sizeof rule.country) {
    std::memcpy(rule.country, ViewOf(country).data(), ViewOf(country).size());
  }
  return rule;
}

}  // namespace

IdRule RuleOf(FunctionCallInfo fcinfo, std::string_view type) {
  auto* known = static_cast<KnownRules*>(fcinfo->flinfo->fn_extra);
  QueryStamp now{};
  if (type.size() > kLongestName || !StampOfNow(&now)) return Asked(type);
  if (known == nullptr) {
    known = static_cast<KnownRules*>(
        MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(KnownRules)));
    fcinfo->flinfo->fn_extra = known;
  }
  if (known->stamp != now || known->count == kMostRules) known->count = 0;
  known->stamp = now;
  for (std::size_t i = 0; i < known->count; ++i) {
    const auto& entry = known->rules[i];
    if (std::string_view(entry.name, entry.size) == type) return entry.rule;
  }
  const IdRule rule = Asked(type);
  auto& entry = known->rules[known->count++];
  entry.size = type.size();
  std::memcpy(entry.name, type.data(), type.size());
  entry.rule = rule;
  return rule;
}

}  // namespace cdp::pg
