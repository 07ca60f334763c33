#include "pg/base/boundary.h"

#include "core/base/stop.h"

namespace cdp::pg {
namespace {

int SqlState(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return ERRCODE_INVALID_PARAMETER_VALUE;
    case ErrorCode::kInvalidText:
      return ERRCODE_INVALID_TEXT_REPRESENTATION;
    case ErrorCode::kInvalidBinary:
      return ERRCODE_INVALID_BINARY_REPRESENTATION;
    case ErrorCode::kSyntax:
      return ERRCODE_SYNTAX_ERROR;
    case ErrorCode::kOutOfRange:
      return ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
    case ErrorCode::kNullNotAllowed:
      return ERRCODE_NULL_VALUE_NOT_ALLOWED;
    case ErrorCode::kDatetimeOverflow:
      return ERRCODE_DATETIME_VALUE_OUT_OF_RANGE;
    case ErrorCode::kCorruptData:
      return ERRCODE_DATA_CORRUPTED;
    case ErrorCode::kLimitExceeded:
      return ERRCODE_PROGRAM_LIMIT_EXCEEDED;
    case ErrorCode::kInternal:
      return ERRCODE_INTERNAL_ERROR;
  }
  return ERRCODE_INTERNAL_ERROR;
}

/// Copies as much of the text as there is room for, cut between characters: a message that ends in
/// half a character could not be sent to a client of another encoding.
template <std::size_t kRoom>
void CopyClipped(char (&to)[kRoom], const char* from) {
  const auto seen = static_cast<int>(strnlen(from, kRoom));
  const int length = pg_mbcliplen(from, seen, kRoom - 1);
  std::memcpy(to, from, static_cast<std::size_t>(length));
  to[length] = '\0';
}

void Fill(Failure* failure, int sqlstate, const char* message, const char* detail = "",
          const char* hint = "") {
  failure->server_error = nullptr;
  failure->sqlstate = sqlstate;
  CopyClipped(failure->message, message);
  CopyClipped(failure->detail, detail);
  CopyClipped(failure->hint, hint);
}

}  // namespace

void DescribeCurrentException(Failure* failure) noexcept {
  try {
    throw;
  } catch (const ServerError& error) {
    failure->server_error = error.data;
  } catch (const Error& error) {
    Fill(failure, SqlState(error.code()), error.what(), error.detail().c_str(),
         error.hint().c_str());
  } catch (const std::bad_alloc&) {
    Fill(failure, ERRCODE_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    Fill(failure, ERRCODE_INTERNAL_ERROR, error.what());
  } catch (...) {
    Fill(failure, ERRCODE_INTERNAL_ERROR, "unrecognized C++ exception");
  }
}

void Raise(const Failure& failure) {
  if (failure.server_error != nullptr) ReThrowError(failure.server_error);
  ereport(ERROR, (errcode(failure.sqlstate), errmsg("%s", failure.message),
                  failure.detail[0] != '\0' ? errdetail("%s", failure.detail) : 0,
                  failure.hint[0] != '\0' ? errhint("%s", failure.hint) : 0));
  pg_unreachable();
}

void PollInterrupts() {
  if (INTERRUPTS_PENDING_CONDITION()) {
    CallServer([] {
      ProcessInterrupts();
      return 0;
    });
  }
}

}  // namespace cdp::pg
