/// States of aggregates over rows of many users: flat while they are small, expanded above.
#pragma once

#include "core/timeline/user_rows.h"
#include "pg/base/expanded.h"
#include "pg/base/flat_state.h"

namespace cdp::pg {

/// A length word before the core's header.
struct FlatUserRows {
  int32 vl_len_;
  uint8 version;
  uint8 partition_bits;
  uint8 columns;
  uint8 zero;
  uint32 used;
  uint32 terms[3];
  uint32 before_low;
  uint32 before_high;
};
static_assert(sizeof(FlatUserRows) == VARHDRSZ + sizeof(timeline::UserRowsHeader));

using FlatRows = FlatState<FlatUserRows, std::byte>;
using ExpandedRows = Expanded<timeline::UserRows>;

/// A state argument in either of its forms; both null for SQL null.
struct UserRowsState {
  FlatUserRows* flat;
  ExpandedRows* expanded;

  bool is_null() const { return flat == nullptr && expanded == nullptr; }
  /// The owner's three words.
  uint32* terms() const { return flat != nullptr ? flat->terms : expanded->value().terms().data(); }
  Datum datum() const { return flat != nullptr ? PointerGetDatum(flat) : expanded->ReadWrite(); }
};

/// Argument 0 of a transition or combine function, which may change it. Bytes that are no state
/// raise an error. May longjmp: for the first act.
UserRowsState UserRowsArgument(FunctionCallInfo fcinfo);

/// Of an owner that has nothing to remember.
inline constexpr std::uint32_t kNoTerms[3] = {};

/// A state without rows. May longjmp.
UserRowsState NewUserRows(std::span<const std::uint32_t, 3> terms = kNoTerms);

/// Moves a flat state into an expanded object below the aggregate's context. May longjmp.
void ExpandUserRows(UserRowsState* state, MemoryContext aggregate);

/// Appends a row. May longjmp.
template <class Record>
void AppendUserRow(UserRowsState* state, MemoryContext aggregate, int64 user, const Record& event) {
  if (state->flat != nullptr && VARSIZE(state->flat) >= kExpandAbove &&
      state->flat->used + timeline::kRowRoom > FlatRows::Capacity(state->flat)) {
    ExpandUserRows(state, aggregate);
  }
  if (state->flat == nullptr) {
    timeline::UserRows& rows = state->expanded->value();
    CallCore([&rows, user, &event] { rows.Add(user, event); });
    return;
  }
  FlatUserRows* flat = state->flat = FlatRows::WithRoom(state->flat, timeline::kRowRoom);
  timeline::UserRowsHeader header;
  std::memcpy(&header, &flat->version, sizeof(header));
  std::byte* end = FlatRows::Records(flat) + flat->used;
  flat->used += static_cast<uint32>(
      timeline::WriteKeyedRow(end, static_cast<uint64>(user), header.before(), event) - end);
  flat->before_low = static_cast<uint32>(event.at);
  flat->before_high = static_cast<uint32>(static_cast<uint64>(event.at) >> 32);
  if constexpr (timeline::kRoom < Record >> 0) flat->columns |= static_cast<uint8>(event.present);
}

/// Takes the rows of another state, argument 1, which is not null. The first state that comes is
/// taken likewise: to hand it on would cost a copy of it. May longjmp.
void MergeUserRows(UserRowsState* state, MemoryContext aggregate, FunctionCallInfo fcinfo);

/// The owner's words and the rows of an argument in either form, which must stay alive; for use
/// inside CallCore.
struct UserRowsContent {
  std::array<std::uint32_t, 3> terms;
  timeline::RowSegments rows;
};
UserRowsContent ReadUserRows(const varlena* value, std::pmr::memory_resource* memory);

/// An argument in either form, detoasted where need be. May longjmp: for the first act.
const varlena* UserRowsValue(FunctionCallInfo fcinfo, int n);

/// The words alone, and which columns the rows have.
std::array<std::uint32_t, 3> UserRowsTerms(const varlena* value);
std::uint8_t UserRowsColumns(const varlena* value);

}  // namespace cdp::pg
