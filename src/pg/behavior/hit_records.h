/// Hits in flat states: appending one, taking those of another state, and noting disorder.
#pragma once

#include "core/behavior/hit.h"
#include "pg/base/flat_state.h"

namespace cdp::pg {

/// Header: as FlatState wants it, with members `flags` and `conditions`. kTies: whether hits of one
/// instant have an order too.
template <class Header, class Hit, bool kTies>
struct HitRecords : FlatState<Header, Hit> {
  using State = FlatState<Header, Hit>;

  /// The hits begin behind `first` other records. May longjmp.
  static Header* Append(Header* state, TimestampTz at, uint64 held, std::size_t first = 0) {
    state = State::WithRoom(state, 1);
    State::Records(state)[state->used++] = {at, static_cast<decltype(Hit::value)>(held)};
    NoteOrder(state, state->used - 1, first);
    return state;
  }

  /// May longjmp.
  static Header* Merge(Header* state, std::span<const Hit> hits, uint8 flags,
                       std::size_t first = 0) {
    state = State::WithRoom(state, hits.size());
    const std::size_t from = state->used;
    std::copy(hits.begin(), hits.end(), State::Records(state) + from);
    state->used += static_cast<uint32>(hits.size());
    state->flags |= flags;
    NoteOrder(state, from, first);
    return state;
  }

 private:
  /// One look at the seam is enough: both sides carry their own note.
  static void NoteOrder(Header* state, std::size_t from, std::size_t first) {
    if (from <= first || from >= state->used) return;
    const Hit* hits = State::Records(state);
    if (kTies ? hits[from] < hits[from - 1] : hits[from].at < hits[from - 1].at) {
      state->flags |= behavior::kHitsUnsorted;
    }
  }
};

/// Raises an error for a time that no state holds; `what` names the holder. May longjmp.
inline void RequireFinite(TimestampTz at, const char* what) {
  if (TIMESTAMP_NOT_FINITE(at)) {
    ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
                    errmsg("%s cannot hold an event at an infinite time", what)));
  }
}

}  // namespace cdp::pg
