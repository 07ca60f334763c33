/// Audience expressions in SQL: the parsed form for the evaluator, the canonical text for people.

#include "core/audience/expression.h"
#include "pg/audience/rule_datum.h"
#include "pg/base/json.h"

namespace cdp::pg {
namespace {

/// The first argument, read as an expression and written again by `write`, in the server's encoding
/// and null-terminated.
template <class Write>
std::string_view Rewrite(FunctionCallInfo fcinfo, Write write) {
  const std::string_view given = ViewOf(PG_GETARG_TEXT_PP(0));
  const std::string_view utf8 = Utf8Of(given);
  return ServerOf(
      *CallParser(given, Complain, [=] { return Kept(write(audience::ParseExpression(utf8))); }));
}

}  // namespace

CDP_FUNCTION(cdp__audience_parse) {
  const std::string_view json = Rewrite(fcinfo, [](const audience::Node& node) {
    return audience::JsonOfSteps(audience::StepsOf(node));
  });
  PG_RETURN_DATUM(DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data())));
}

CDP_FUNCTION(cdp_audience_expression) {
  const std::string_view text = Rewrite(fcinfo, audience::PrintRule);
  PG_RETURN_TEXT_P(cstring_to_text_with_len(text.data(), static_cast<int>(text.size())));
}

}  // namespace cdp::pg
