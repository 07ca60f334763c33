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

void Fill(Failure* failure, int sqlstate, const char* message, const char* detail = "",
          const char* hint = "") {
  failure->server_error = nullptr;
  failure->sqlstate = sqlstate;
  strlcpy(failure->message, message, sizeof(failure->message));
  strlcpy(failure->detail, detail, sizeof(failure->detail));
  strlcpy(failure->hint, hint, sizeof(failure->hint));
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
