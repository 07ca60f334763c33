/// id_normalise and id_understood: what a normaliser makes of a value; _id_value: what is stored of
/// an identifier.

#include "core/identity/normalise.h"

#include "pg/base/look_up.h"
#include "pg/identity/id_rules.h"

namespace cdp::pg {
namespace {

identity::SpellingRules RulesArgument(FunctionCallInfo fcinfo) {
  const std::string_view name = ViewOf(PG_GETARG_TEXT_PP(0));
  const auto normaliser = identity::NormaliserOf(name);
  if (!normaliser) {
    ereport(
        ERROR,
        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
         errmsg("normaliser \"%.*s\" does not exist", static_cast<int>(name.size()), name.data()),
         errhint("The normalisers are trim, lower, digits, phone, email, uuid, imei, mac and "
                 "device.")));
  }
  return {*normaliser, ViewOf(PG_GETARG_TEXT_PP(2)), GetDatabaseEncoding() == PG_UTF8};
}

LookUp hash_of_value = {"SELECT cdp._id_hashed($1, $2)"};

/// A new text in one spelling.
text* TextSpelled(std::string_view value, const identity::SpellingRules& rules) {
  return CallCore([&] {
    ContextResource memory(CurrentMemoryContext);
    const std::pmr::string spelled = identity::Spelled(value, rules, &memory);
    return NewVarlena(std::as_bytes(std::span(spelled)));
  });
}

}  // namespace

CDP_FUNCTION(cdp_id_normalise) {
  const identity::SpellingRules rules = RulesArgument(fcinfo);
  PG_RETURN_TEXT_P(TextSpelled(ViewOf(PG_GETARG_TEXT_PP(1)), rules));
}

CDP_FUNCTION(cdp_id_understood) {
  const identity::SpellingRules rules = RulesArgument(fcinfo);
  const std::string_view value = ViewOf(PG_GETARG_TEXT_PP(1));
  const bool is_understood = CallCore([&] {
    ContextResource memory(CurrentMemoryContext);
    return identity::Understood(value, rules, &memory).has_value();
  });
  PG_RETURN_BOOL(is_understood);
}

CDP_FUNCTION(cdp__id_value) {
  if (PG_ARGISNULL(1)) PG_RETURN_NULL();
  const std::string_view value = ViewOf(PG_GETARG_TEXT_PP(1));
  const bool is_utf8 = GetDatabaseEncoding() == PG_UTF8;
  if (PG_ARGISNULL(0)) {
    PG_RETURN_TEXT_P(TextSpelled(value, {identity::Normaliser::kTrim, {}, is_utf8}));
  }
  text* type =
      TextSpelled(ViewOf(PG_GETARG_TEXT_PP(0)), {identity::Normaliser::kLower, {}, is_utf8});
  const IdRule rule = RuleOf(fcinfo, ViewOf(type));
  text* spelled = TextSpelled(value, rule.spelling());
  if (rule.is_hashed) {
    text* const arguments[] = {type, spelled};
    FindRow(&hash_of_value, arguments, std::span(&spelled, 1));
    if (spelled == nullptr) PG_RETURN_NULL();
  }
  PG_RETURN_TEXT_P(spelled);
}

}  // namespace cdp::pg
