/// Rules made of rules, compared, and asked what they name.

#include "core/audience/rule_ask.h"
#include "pg/audience/rule_datum.h"

namespace cdp::pg {
namespace {

Datum Joined(FunctionCallInfo fcinfo, audience::Kind kind) {
  const std::string_view left = Utf8Of(RuleText(fcinfo, 0));
  const std::string_view right = Utf8Of(RuleText(fcinfo, 1));
  return RuleDatum(*CallCore([=] { return Kept(audience::Join(kind, left, right)); }));
}

/// The spelling is one, so rules are the same when their texts are.
bool SameRules(FunctionCallInfo fcinfo) {
  text* left = PG_GETARG_TEXT_PP(0);
  text* right = PG_GETARG_TEXT_PP(1);
  const bool same = ViewOf(left) == ViewOf(right);
  PG_FREE_IF_COPY(left, 0);
  PG_FREE_IF_COPY(right, 1);
  return same;
}

struct NameList {
  std::string_view** names;
  std::size_t count;
};

Datum NamesIn(FunctionCallInfo fcinfo, audience::Named sort) {
  const std::string_view utf8 = Utf8Of(RuleText(fcinfo, 0));
  const NameList list = CallCore([=] {
    const auto names = audience::NamesOf(audience::ParseRule(utf8), sort);
    auto** kept = static_cast<std::string_view**>(
        AllocateIn(CurrentMemoryContext, names.size() * sizeof(std::string_view*) + 1));
    for (std::size_t i = 0; i < names.size(); ++i) kept[i] = Kept(names[i]);
    return NameList{kept, names.size()};
  });
  PG_RETURN_DATUM(
      TextArrayOf(list.count, [&list](std::size_t i) { return ServerOf(*list.names[i]); }));
}

}  // namespace

CDP_FUNCTION(cdp_rule_and) { return Joined(fcinfo, audience::Kind::kAnd); }
CDP_FUNCTION(cdp_rule_or) { return Joined(fcinfo, audience::Kind::kOr); }

CDP_FUNCTION(cdp_rule_not) {
  const std::string_view utf8 = Utf8Of(RuleText(fcinfo, 0));
  return RuleDatum(*CallCore([=] { return Kept(audience::Negate(utf8)); }));
}

CDP_FUNCTION(cdp_rule_eq) { PG_RETURN_BOOL(SameRules(fcinfo)); }
CDP_FUNCTION(cdp_rule_ne) { PG_RETURN_BOOL(!SameRules(fcinfo)); }

CDP_FUNCTION(cdp_rule_hash) {
  text* rule = PG_GETARG_TEXT_PP(0);
  const Datum hash = hash_any(reinterpret_cast<const unsigned char*>(VARDATA_ANY(rule)),
                              static_cast<int>(VARSIZE_ANY_EXHDR(rule)));
  PG_FREE_IF_COPY(rule, 0);
  return hash;
}

CDP_FUNCTION(cdp_rule_hash_extended) {
  text* rule = PG_GETARG_TEXT_PP(0);
  const Datum hash =
      hash_any_extended(reinterpret_cast<const unsigned char*>(VARDATA_ANY(rule)),
                        static_cast<int>(VARSIZE_ANY_EXHDR(rule)), PG_GETARG_INT64(1));
  PG_FREE_IF_COPY(rule, 0);
  return hash;
}

CDP_FUNCTION(cdp_rule_tags) { return NamesIn(fcinfo, audience::Named::kTags); }
CDP_FUNCTION(cdp_rule_audiences) { return NamesIn(fcinfo, audience::Named::kAudiences); }
CDP_FUNCTION(cdp_rule_events) { return NamesIn(fcinfo, audience::Named::kEvents); }

}  // namespace cdp::pg
