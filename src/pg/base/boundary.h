/// Where C++ exceptions and PostgreSQL errors meet.
///
/// The server reports errors by longjmp, which skips destructors; C++ reports them by exceptions,
/// which the server does not know. So a SQL function has three acts: take its arguments (may
/// longjmp; no C++ object with a destructor is alive), think inside CallCore (may throw; reaches
/// the server only through CallServer), give the result (may longjmp again).
#pragma once

#include "core/base/error.h"
#include "pg/base/pg.h"

namespace cdp::pg {

/// A PostgreSQL error on its way through C++ frames; CallCore hands it back to the server.
struct ServerError {
  ErrorData* data;
};

/// A caught exception as plain data: ereport may jump over it.
struct Failure {
  ErrorData* server_error;
  int sqlstate;
  char message[1024];
  char detail[1024];
  char hint[512];
};

/// Describes the exception being handled. Call inside a catch clause only.
void DescribeCurrentException(Failure* failure) noexcept;

/// Raises the failure as a PostgreSQL error. Call outside every C++ frame with a destructor.
[[noreturn]] void Raise(const Failure& failure);

/// Runs `body` and turns whatever it throws into a PostgreSQL error, after its frames are gone.
/// Returns what `body` returns: nothing, a number or a pointer.
template <class Body>
auto CallCore(Body&& body) -> decltype(body()) {
  using Result = decltype(body());
  static_assert(std::is_void_v<Result> || std::is_trivially_copyable_v<Result>);
  Failure failure;
  try {
    return body();
  } catch (...) {
    DescribeCurrentException(&failure);
  }
  Raise(failure);
}

/// Calls the server from inside C++: an error it raises becomes the exception ServerError, so that
/// destructors run. `body` must not throw and returns a number or a pointer. Costs a sigsetjmp, so
/// it is not for every element of a loop.
template <class Body>
auto CallServer(Body body) -> decltype(body()) {
  using Result = decltype(body());
  static_assert(std::is_trivially_destructible_v<Body> && std::is_trivially_copyable_v<Result>);
  const MemoryContext context = CurrentMemoryContext;
  volatile Result result{};
  ErrorData* volatile data = nullptr;
  PG_TRY();
  { result = body(); }
  PG_CATCH();
  {
    MemoryContextSwitchTo(context);
    data = CopyErrorData();
    FlushErrorState();
  }
  PG_END_TRY();
  if (data != nullptr) throw ServerError{data};
  return const_cast<Result&>(result);
}

/// Polls the server's interrupts; installed as cdp::stop_hook, so CheckStop() of the core ends a
/// cancelled query by the exception ServerError.
void PollInterrupts();

}  // namespace cdp::pg

/// Defines and exports the C entry point of a SQL function. The argument is in scope as `fcinfo`.
#define CDP_FUNCTION(name)                                                                  \
  extern "C" {                                                                              \
  __attribute__((visibility("default"))) Datum name(PG_FUNCTION_ARGS);                      \
  __attribute__((visibility("default"))) const Pg_finfo_record* pg_finfo_##name(void);      \
  const Pg_finfo_record* pg_finfo_##name(void) {                                            \
    static const Pg_finfo_record record = {1};                                              \
    return &record;                                                                         \
  }                                                                                         \
  }                                                                                         \
  Datum name([[maybe_unused]] PG_FUNCTION_ARGS)
