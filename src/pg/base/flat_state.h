/// Aggregate states that are one growing varlena: a header, then records of one size.
///
/// The value is its own storable form, with spare room behind the records: VARSIZE counts the
/// room, `used` the records. The transition function writes in place and returns the same pointer;
/// only when the room is used up does it return a copy of twice the size, which the executor moves
/// into the aggregate's context. One memory context per group, the price of an expanded object,
/// would make a hash aggregate quadratic in its groups.
#pragma once

#include "pg/base/datum.h"

namespace cdp::pg {

/// Raises an error unless the function is called by an aggregate; returns the aggregate's context.
/// `message` has a %s for the function. May longjmp: for the first act.
MemoryContext RequireAggregate(
    FunctionCallInfo fcinfo, const char* function, int sqlstate = ERRCODE_FEATURE_NOT_SUPPORTED,
    const char* message = "function %s can only be called by an aggregate");

/// A state argument as an aligned, plain varlena: null for SQL null, the executor's own value when
/// it is one already (so it may be changed in place), otherwise a copy. May longjmp.
inline varlena* StateArgument(FunctionCallInfo fcinfo, int n) {
  if (PG_ARGISNULL(n)) return nullptr;
  auto* value = reinterpret_cast<varlena*>(PG_GETARG_POINTER(n));
  if (VARATT_IS_4B_U(value)) return value;
  return PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(n));
}

/// The state, argument 0, as it is; it may be null. For rows that add nothing.
inline Datum UnchangedState(FunctionCallInfo fcinfo) {
  if (PG_ARGISNULL(0)) PG_RETURN_NULL();
  PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/// memcpy of a state, which may be hundreds of megabytes. Polls, so it may longjmp.
void CopyPolled(char* to, const char* from, std::size_t size);

/// Header: a standard-layout struct that starts with `int32 vl_len_` and has a member
/// `uint32 used`; its size is a multiple of the record's alignment. Record: trivially copyable.
template <class Header, class Record>
struct FlatState {
  static_assert(std::is_standard_layout_v<Header> && std::is_trivially_copyable_v<Header>);
  static_assert(std::is_trivially_copyable_v<Record>);
  static_assert(sizeof(Header) % alignof(Record) == 0 && alignof(Record) <= MAXIMUM_ALIGNOF);

  static constexpr std::size_t kMaxRecords = (MaxAllocSize - sizeof(Header)) / sizeof(Record);

  /// A state without records in the current context. May longjmp.
  static Header* New(const Header& header, std::size_t capacity) {
    Header* state = Allocate(header, capacity, 0);
    ClearRoom(state);
    return state;
  }

  static std::size_t Capacity(const Header* state) {
    return (VARSIZE(state) - sizeof(Header)) / sizeof(Record);
  }
  static Record* Records(Header* state) { return reinterpret_cast<Record*>(state + 1); }
  static std::span<Record> Used(Header* state) { return {Records(state), state->used}; }
  static std::span<const Record> Used(const Header* state) {
    return {reinterpret_cast<const Record*>(state + 1), state->used};
  }

  /// The same state when it has room for `more` records, else a copy of at least twice the room in
  /// the current context. May longjmp.
  static Header* WithRoom(Header* state, std::size_t more) {
    const std::size_t need = state->used + more;
    const std::size_t capacity = Capacity(state);
    if (need <= capacity) [[likely]]
      return state;
    if (need > kMaxRecords) TooLarge();
    Header* grown =
        Allocate(*state, std::min(std::max(need, capacity * 2), kMaxRecords), state->used);
    CopyPolled(reinterpret_cast<char*>(grown + 1), reinterpret_cast<const char*>(state + 1),
               state->used * sizeof(Record));
    ClearRoom(grown);
    return grown;
  }

 private:
  static Header* Allocate(const Header& header, std::size_t capacity, std::size_t used) {
    if (capacity > kMaxRecords) TooLarge();
    auto* state = static_cast<Header*>(palloc(sizeof(Header) + capacity * sizeof(Record)));
    *state = header;
    SET_VARSIZE(state, sizeof(Header) + capacity * sizeof(Record));
    state->used = static_cast<std::uint32_t>(used);
    return state;
  }

  /// The room goes where the state goes, into tables and to clients: what was in that memory before
  /// is not for them.
  static void ClearRoom(Header* state) {
    std::memset(static_cast<void*>(Records(state) + state->used), 0,
                (Capacity(state) - state->used) * sizeof(Record));
  }

  [[noreturn]] static void TooLarge() {
    ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("aggregate state is too large"),
                    errdetail("A group may hold at most %zu %s.", kMaxRecords,
                              sizeof(Record) == 1 ? "bytes" : "records")));
    pg_unreachable();
  }
};

}  // namespace cdp::pg
