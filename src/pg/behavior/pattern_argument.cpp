#include "pg/behavior/pattern_argument.h"

#include "core/behavior/sequence_pattern.h"

namespace cdp::pg {
namespace {

/// What does not parse, as plain data, so that ereport may jump over it.
struct Complaint {
  bool raised = false;
  std::size_t at = 0;
  char message[256];
  char detail[512];
};

}  // namespace

void RequirePattern(const text* pattern, int conditions) {
  Complaint complaint;
  CallCore([&] {
    ContextResource memory(CurrentMemoryContext);
    try {
      behavior::ParseSequencePattern(ViewOf(pattern), conditions, &memory);
    } catch (const behavior::PatternError& error) {
      complaint.raised = true;
      complaint.at = error.at();
      strlcpy(complaint.message, error.what(), sizeof(complaint.message));
      strlcpy(complaint.detail, error.detail().c_str(), sizeof(complaint.detail));
    }
  });
  if (!complaint.raised) return;
  const char* query = text_to_cstring(pattern);
  ereport(ERROR,
          (errcode(ERRCODE_SYNTAX_ERROR), errmsg("%s", complaint.message),
           errdetail("%s", complaint.detail), internalerrquery(query),
           internalerrposition(pg_mbstrlen_with_len(query, static_cast<int>(complaint.at)) + 1)));
}

}  // namespace cdp::pg
