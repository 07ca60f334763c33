/// Audience expressions in SQL: the parsed form for the evaluator, the canonical text for people.

#include "core/audience/expression.h"
#include "pg/base/datum.h"

namespace cdp::pg {
namespace {

/// A SyntaxError as plain data, so that ereport may jump over it.
struct Complaint {
  int character = 0;
  char message[1024];
  char hint[512];
};

/// As parsers of the server do: the expression with a mark at the fault, whoever calls us.
[[noreturn]] void Raise(const Complaint& complaint, const char* expression) {
  const char* message =
      pg_any_to_server(complaint.message, static_cast<int>(strlen(complaint.message)), PG_UTF8);
  ereport(ERROR,
          (errcode(ERRCODE_SYNTAX_ERROR), errmsg("%s", message), errhint("%s", complaint.hint),
           internalerrquery(expression), internalerrposition(complaint.character)));
  pg_unreachable();
}

/// Parses the first argument and writes it again by `write`; null-terminated, in the current
/// context, in the server's encoding.
char* Rewrite(FunctionCallInfo fcinfo, std::string (*write)(const std::vector<audience::Step>&)) {
  char* expression = text_to_cstring(PG_GETARG_TEXT_PP(0));
  const auto bytes = static_cast<int>(strlen(expression));
  const std::string_view utf8 = pg_server_to_any(expression, bytes, PG_UTF8);
  Complaint complaint;
  char* written = CallCore([&]() -> char* {
    try {
      const std::string text = write(audience::Parse(utf8));
      auto* copy = static_cast<char*>(AllocateIn(CurrentMemoryContext, text.size() + 1));
      std::memcpy(copy, text.c_str(), text.size() + 1);
      return copy;
    } catch (const audience::SyntaxError& error) {
      complaint.character = static_cast<int>(error.character());
      strlcpy(complaint.message, error.what(), sizeof(complaint.message));
      strlcpy(complaint.hint, error.hint().c_str(), sizeof(complaint.hint));
      return nullptr;
    }
  });
  if (written == nullptr) Raise(complaint, expression);
  return pg_any_to_server(written, static_cast<int>(strlen(written)), PG_UTF8);
}

}  // namespace

CDP_FUNCTION(cdp__audience_parse) {
  char* json = Rewrite(fcinfo, audience::ToJson);
  PG_RETURN_DATUM(DirectFunctionCall1(jsonb_in, CStringGetDatum(json)));
}

CDP_FUNCTION(cdp_audience_expression) {
  PG_RETURN_TEXT_P(cstring_to_text(Rewrite(fcinfo, audience::Print)));
}

}  // namespace cdp::pg
