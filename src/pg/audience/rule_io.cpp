/// Text, binary and JSON forms of rules. Input checks the syntax only: what a rule names may come
/// into a restored database later than the rule.

#include "pg/audience/rule_datum.h"
#include "pg/base/json.h"

namespace cdp::pg {
namespace {

/// The rule that a text means.
Datum RuleOfText(std::string_view text) {
  const std::string_view utf8 = Utf8Of(text);
  return RuleDatum(*CallParser(text, ComplainInDetail, [=] {
    return Kept(audience::PrintRule(audience::ParseRule(utf8)));
  }));
}

}  // namespace

CDP_FUNCTION(cdp_rule_in) { return RuleOfText(PG_GETARG_CSTRING(0)); }

CDP_FUNCTION(cdp_rule_out) {
  const std::string_view text = RuleText(fcinfo, 0);
  PG_RETURN_CSTRING(pnstrdup(text.data(), text.size()));
}

CDP_FUNCTION(cdp_rule_recv) {
  auto* message = reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0));
  const int version = pq_getmsgint(message, 1);
  if (version != kRuleVersion) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
                    errmsg("unsupported version number %d of a rule", version)));
  }
  int bytes = 0;
  const char* text = pq_getmsgtext(message, message->len - message->cursor, &bytes);
  return RuleOfText({text, static_cast<std::size_t>(bytes)});
}

CDP_FUNCTION(cdp_rule_send) {
  const std::string_view text = RuleText(fcinfo, 0);
  StringInfoData message;
  pq_begintypsend(&message);
  pq_sendint8(&message, kRuleVersion);
  pq_sendtext(&message, text.data(), static_cast<int>(text.size()));
  PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

CDP_FUNCTION(cdp_rule_of_json) {
  Jsonb* document = PG_GETARG_JSONB_P(0);
  const std::string_view json =
      Utf8Of(JsonbToCString(nullptr, &document->root, static_cast<int>(VARSIZE(document))));
  return RuleDatum(
      *CallCore([=] { return Kept(audience::PrintRule(audience::RuleOfJson(json))); }));
}

CDP_FUNCTION(cdp_rule_json) {
  const std::string_view utf8 = Utf8Of(RuleText(fcinfo, 0));
  const std::string_view* json =
      CallCore([=] { return Kept(audience::JsonOfRule(audience::ParseRule(utf8))); });
  PG_RETURN_DATUM(DirectFunctionCall1(jsonb_in, CStringGetDatum(ServerOf(*json).data())));
}

}  // namespace cdp::pg
