/// The error every core function throws: what a PostgreSQL error carries, without the server.
#pragma once

#include <exception>
#include <string>
#include <utility>

namespace cdp {

/// Kinds of failure the core can tell apart; pg/base/boundary.cpp gives each its SQLSTATE.
enum class ErrorCode {
  kInvalidArgument,    ///< 22023: a parameter outside its domain
  kInvalidText,        ///< 22P02: a literal that does not parse
  kInvalidBinary,      ///< 22P03: a binary message that does not parse
  kSyntax,             ///< 42601: a pattern or an expression that does not parse
  kOutOfRange,         ///< 22003: a number that does not fit
  kNullNotAllowed,     ///< 22004: a null where none may be
  kDatetimeOverflow,   ///< 22008: a timestamp or interval outside the range
  kCorruptData,        ///< XX001: stored bytes that are not ours
  kLimitExceeded,      ///< 54000: a result or a state too large for the server
  kInternal,           ///< XX000: cannot happen
};

/// Message in PostgreSQL's style: lower case, no final period; detail and hint are sentences.
class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string message, std::string detail = {}, std::string hint = {})
      : code_(code),
        message_(std::move(message)),
        detail_(std::move(detail)),
        hint_(std::move(hint)) {}

  ErrorCode code() const noexcept { return code_; }
  const char* what() const noexcept override { return message_.c_str(); }
  const std::string& detail() const noexcept { return detail_; }
  const std::string& hint() const noexcept { return hint_; }

 private:
  ErrorCode code_;
  std::string message_;
  std::string detail_;
  std::string hint_;
};

}  // namespace cdp
