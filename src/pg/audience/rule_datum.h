/// The stored rule, and how the faults of a rule's text are shown.
#pragma once

#include "core/audience/rule.h"
#include "pg/base/datum.h"

namespace cdp::pg {

/// The first byte of a stored rule; its text follows, in the one spelling and the encoding of the
/// database. Also the first byte of the binary message.
inline constexpr char kRuleVersion = 1;

/// Text between the encoding of the database and UTF-8, which is the core's; what needs no change
/// stays where it is. May longjmp.
std::string_view Utf8Of(std::string_view text);
std::string_view ServerOf(std::string_view utf8);

/// A copy of what the core made, in the current context; for use inside CallCore.
std::string_view* Kept(std::string_view text);

/// A SyntaxError as plain data, so that ereport may jump over it.
struct Complaint {
  int character = 0;  ///< 0: none
  char message[1024];
  char detail[1024];
  char hint[512];
};
void Describe(const audience::SyntaxError& error, Complaint* complaint) noexcept;

/// As parsers of the server do: the text with a mark at the fault, whoever calls us.
[[noreturn]] void Complain(const Complaint& complaint, std::string_view text);

/// The same with the mark in the detail: of a literal the server marks the beginning, and clients
/// show one mark only.
[[noreturn]] void ComplainInDetail(const Complaint& complaint, std::string_view text);

/// CallCore for what reads `text`, that of a user in the encoding of the database; `body` returns a
/// pointer. `complain` is one of the two above.
template <class Body>
auto CallParser(std::string_view text, decltype(Complain)* complain, Body body)
    -> decltype(body()) {
  Complaint complaint;
  auto result = CallCore([&]() -> decltype(body()) {
    try {
      return body();
    } catch (const audience::SyntaxError& error) {
      Describe(error, &complaint);
      return nullptr;
    }
  });
  if (complaint.character != 0) complain(complaint, text);
  return result;
}

/// The text of a rule argument, in the encoding of the database. May longjmp.
std::string_view RuleText(FunctionCallInfo fcinfo, int argument);

/// A chunk of people, 0 to 4095. May longjmp.
std::int32_t ChunkArgument(FunctionCallInfo fcinfo, int argument);

/// A rule with this text, which is UTF-8 in the one spelling. May longjmp.
Datum RuleDatum(std::string_view utf8);

}  // namespace cdp::pg
