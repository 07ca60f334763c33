/// id_normalise: the one spelling of a value; id_understood: does its normaliser know what it is?

#include "core/identity/normalise.h"

#include "pg/base/datum.h"

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

}  // namespace

CDP_FUNCTION(cdp_id_normalise) {
  const identity::SpellingRules rules = RulesArgument(fcinfo);
  const std::string_view value = ViewOf(PG_GETARG_TEXT_PP(1));
  auto* result = CallCore([&] {
    ContextResource memory(CurrentMemoryContext);
    return NewVarlena(std::as_bytes(std::span(identity::Spelled(value, rules, &memory))));
  });
  PG_RETURN_TEXT_P(result);
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

}  // namespace cdp::pg
