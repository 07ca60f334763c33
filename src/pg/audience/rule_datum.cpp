#include "pg/audience/rule_datum.h"

namespace cdp::pg {
namespace {

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

int CharacterBytes(const char* c) { return pg_encoding_mblen(PG_UTF8, c); }

/// Columns of a character that stands in a line; what would move the cursor is a blank there.
int WidthOf(const char* c) {
  return IsControl(*c) ? 1 : std::max(pg_encoding_dsplen(PG_UTF8, c), 0);
}

/// The line of the text, which is UTF-8, in which the character stands (counted from 1), cut around
/// it when it is long, and under it a mark at its place.
const char* MarkedLine(const char* text, int character) {
  constexpr int kBefore = 60;
  constexpr int kAfter = 40;
  int line = 1;
  int width = 0;  // from `begin` to `at`
  const char* begin = text;
  const char* at = text;
  for (int i = 1; i < character && *at != '\0'; ++i) {
    width += WidthOf(at);
    if (*at == '\n') {
      ++line;
      begin = at + 1;
      width = 0;
    }
    at += CharacterBytes(at);
  }
  const bool cut = width > kBefore;
  while (width > kBefore) {
    width -= WidthOf(begin);
    begin += CharacterBytes(begin);
  }
  StringInfoData out;
  initStringInfo(&out);
  appendStringInfo(&out, "LINE %d: %s", line, cut ? "..." : "");
  const int indent = out.len + width;
  int after = 0;
  for (const char* c = begin; *c != '\0' && *c != '\n'; c += CharacterBytes(c)) {
    if (c >= at && (after += WidthOf(c)) > kAfter) {
      appendStringInfoString(&out, "...");
      break;
    }
    if (IsControl(*c)) {
      appendStringInfoChar(&out, ' ');
    } else {
      appendBinaryStringInfo(&out, c, CharacterBytes(c));
    }
  }
  appendStringInfoChar(&out, '\n');
  appendStringInfoSpaces(&out, indent);
  appendStringInfoChar(&out, '^');
  return out.data;
}

}  // namespace

std::string_view Utf8Of(std::string_view text) {
  const char* utf8 = pg_server_to_any(text.data(), static_cast<int>(text.size()), PG_UTF8);
  return utf8 == text.data() ? text : std::string_view(utf8);
}

std::string_view ServerOf(std::string_view utf8) {
  const char* text = pg_any_to_server(utf8.data(), static_cast<int>(utf8.size()), PG_UTF8);
  return text == utf8.data() ? utf8 : std::string_view(text);
}

std::string_view* Kept(std::string_view text) {
  auto* bytes = static_cast<char*>(AllocateIn(CurrentMemoryContext, text.size() + 1));
  std::memcpy(bytes, text.data(), text.size());
  bytes[text.size()] = '\0';
  return new (AllocateIn(CurrentMemoryContext, sizeof(std::string_view)))
      std::string_view(bytes, text.size());
}

void Describe(const audience::SyntaxError& error, Complaint* complaint) noexcept {
  complaint->character = static_cast<int>(error.character());
  strlcpy(complaint->message, error.what(), sizeof(complaint->message));
  strlcpy(complaint->detail, error.detail().c_str(), sizeof(complaint->detail));
  strlcpy(complaint->hint, error.hint().c_str(), sizeof(complaint->hint));
}

void Complain(const Complaint& complaint, std::string_view text) {
  const char* message = ServerOf(complaint.message).data();
  ereport(ERROR,
          (errcode(ERRCODE_SYNTAX_ERROR), errmsg("%s", message), errdetail("%s", complaint.detail),
           complaint.hint[0] != '\0' ? errhint("%s", complaint.hint) : 0,
           internalerrquery(pnstrdup(text.data(), text.size())),
           internalerrposition(complaint.character)));
  pg_unreachable();
}

void ComplainInDetail(const Complaint& complaint, std::string_view text) {
  const char* message = ServerOf(complaint.message).data();
  const std::string_view utf8 = Utf8Of(text);
  const char* line = MarkedLine(pnstrdup(utf8.data(), utf8.size()), complaint.character);
  ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("%s", message),
                  errdetail("%s\n%s", complaint.detail, ServerOf(line).data()),
                  complaint.hint[0] != '\0' ? errhint("%s", complaint.hint) : 0));
  pg_unreachable();
}

std::string_view RuleText(FunctionCallInfo fcinfo, int argument) {
  const std::string_view stored = ViewOf(PG_GETARG_TEXT_PP(argument));
  if (stored.empty() || stored.front() != kRuleVersion) {
    ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("unrecognized rule format")));
  }
  return stored.substr(1);
}

std::int32_t ChunkArgument(FunctionCallInfo fcinfo, int argument) {
  constexpr std::int32_t kLast = 4095;
  const std::int32_t chunk = PG_GETARG_INT32(argument);
  if (chunk < 0 || chunk > kLast) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("there is no chunk %d of people", chunk),
                    errdetail("Chunks are numbered from 0 to %d.", kLast)));
  }
  return chunk;
}

Datum RuleDatum(std::string_view utf8) {
  const std::string_view text = ServerOf(utf8);
  auto* value = static_cast<varlena*>(palloc(VARHDRSZ + 1 + text.size()));
  SET_VARSIZE(value, VARHDRSZ + 1 + text.size());
  char* bytes = VARDATA(value);
  bytes[0] = kRuleVersion;
  std::memcpy(bytes + 1, text.data(), text.size());
  return PointerGetDatum(value);
}

}  // namespace cdp::pg
