/// activity_agg and rollup(activity). A state is null, rows in build form with spare room, a small
/// image, or, once it has grown or takes whole bitmaps, an expanded object.

#include "pg/base/flat_state.h"
#include "pg/behavior/activity_datum.h"
#include "pg/bitmap/bitmap_datum.h"

namespace cdp::pg {
namespace {

using behavior::ActivityRow;
using behavior::Did;

/// A length word before the core's header.
struct RowsHeader {
  int32 vl_len_;
  uint8 version;
  uint8 zero[3];
  uint32 used;
};
static_assert(sizeof(RowsHeader) == VARHDRSZ + sizeof(behavior::ActivityBuildHeader));
using RowsState = FlatState<RowsHeader, ActivityRow>;

/// A group's first room: with the header it fills an allocation of 64 bytes, nearly.
constexpr std::size_t kFirstRoom = (64 - sizeof(RowsHeader)) / sizeof(ActivityRow);

std::int32_t DayArgument(FunctionCallInfo fcinfo, int n) {
  const DateADT day = PG_GETARG_DATEADT(n);
  if (DATE_NOT_FINITE(day)) {
    ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
                    errmsg("activity cannot hold an infinite day")));
  }
  return day;
}

bool IsRows(const varlena* state) {
  return VARSIZE(state) >= sizeof(RowsHeader) &&
         reinterpret_cast<const RowsHeader*>(state)->version == behavior::kActivityBuildVersion;
}

/// The expanded state of argument 0, made of it where it is none yet. May longjmp.
ExpandedActivity* ExpandedArgument(FunctionCallInfo fcinfo, MemoryContext aggregate) {
  if (PG_ARGISNULL(0)) return CallCore([=] { return ExpandedActivity::New(aggregate); });
  ExpandedActivity* expanded = ExpandedActivity::From(PG_GETARG_DATUM(0));
  if (expanded != nullptr) return expanded;
  const bitmap::Bytes bytes = BytesOf(PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0)));
  return CallCore([=] {
    ExpandedActivity* made = ExpandedActivity::New(aggregate);
    made->value().Merge(bytes);
    return made;
  });
}

Datum AddRow(FunctionCallInfo fcinfo, MemoryContext aggregate, const ActivityRow& row) {
  RowsHeader* state = nullptr;
  if (PG_ARGISNULL(0)) {
    RowsHeader header{};
    header.version = behavior::kActivityBuildVersion;
    state = RowsState::New(header, kFirstRoom);
  } else if (ExpandedActivity::From(PG_GETARG_DATUM(0)) == nullptr) {
    varlena* value = StateArgument(fcinfo, 0);
    if (IsRows(value)) state = reinterpret_cast<RowsHeader*>(value);
  }
  if (state == nullptr || (state->used + 1) * sizeof(ActivityRow) > kExpandAbove) {
    ExpandedActivity* expanded = ExpandedArgument(fcinfo, aggregate);
    CallCore([=, &row] { expanded->value().Add(row.user, row.day, static_cast<Did>(row.did)); });
    return expanded->ReadWrite();
  }
  state = RowsState::WithRoom(state, 1);
  RowsState::Records(state)[state->used++] = row;
  return PointerGetDatum(state);
}

Datum AddUsers(FunctionCallInfo fcinfo, int n, Did did, ExpandedActivity* state) {
  const bitmap::Bytes users = BitmapArgument(fcinfo, n);
  const std::int32_t day = DayArgument(fcinfo, 1);
  return CallCore([=] {
    state->value().Add(users, day, did);
    return state->ReadWrite();
  });
}

}  // namespace

CDP_FUNCTION(cdp__activity_trans) {
  const MemoryContext aggregate = RequireAggregate(fcinfo, "_activity_trans");
  if (PG_ARGISNULL(1) || PG_ARGISNULL(2)) return UnchangedState(fcinfo);
  const auto did = static_cast<std::uint32_t>(Did::kBoth);
  return AddRow(fcinfo, aggregate, {PG_GETARG_UINT32(1), DayArgument(fcinfo, 2), did});
}

CDP_FUNCTION(cdp__activity_did_trans) {
  const MemoryContext aggregate = RequireAggregate(fcinfo, "_activity_did_trans");
  const bool starts = !PG_ARGISNULL(3) && PG_GETARG_BOOL(3);
  const bool returns = !PG_ARGISNULL(4) && PG_GETARG_BOOL(4);
  if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || (!starts && !returns)) return UnchangedState(fcinfo);
  const Did did = starts ? returns ? Did::kBoth : Did::kStart : Did::kReturn;
  return AddRow(fcinfo, aggregate,
                {PG_GETARG_UINT32(1), DayArgument(fcinfo, 2), static_cast<std::uint32_t>(did)});
}

CDP_FUNCTION(cdp__activity_day_trans) {
  const MemoryContext aggregate = RequireAggregate(fcinfo, "_activity_day_trans");
  if (PG_ARGISNULL(1) || PG_ARGISNULL(2)) return UnchangedState(fcinfo);
  return AddUsers(fcinfo, 2, Did::kBoth, ExpandedArgument(fcinfo, aggregate));
}

CDP_FUNCTION(cdp__activity_day_did_trans) {
  const MemoryContext aggregate = RequireAggregate(fcinfo, "_activity_day_did_trans");
  if (PG_ARGISNULL(1) || (PG_ARGISNULL(2) && PG_ARGISNULL(3))) return UnchangedState(fcinfo);
  ExpandedActivity* state = ExpandedArgument(fcinfo, aggregate);
  if (!PG_ARGISNULL(2)) AddUsers(fcinfo, 2, Did::kStart, state);
  if (!PG_ARGISNULL(3)) AddUsers(fcinfo, 3, Did::kReturn, state);
  return state->ReadWrite();
}

CDP_FUNCTION(cdp__activity_combine) {
  const MemoryContext aggregate = RequireAggregate(fcinfo, "_activity_combine");
  if (PG_ARGISNULL(1)) return UnchangedState(fcinfo);
  // Unpacked, so that the next step finds it in the form that can grow.
  varlena* other = PG_DETOAST_DATUM(PG_GETARG_DATUM(1));
  if (PG_ARGISNULL(0)) PG_RETURN_POINTER(other);
  ExpandedActivity* expanded = ExpandedActivity::From(PG_GETARG_DATUM(0));
  if (expanded == nullptr) {
    varlena* state = StateArgument(fcinfo, 0);
    if (VARSIZE(state) + VARSIZE(other) <= kExpandAbove) {
      if (IsRows(state) && IsRows(other)) {
        auto* rows = reinterpret_cast<RowsHeader*>(state);
        const auto* more = reinterpret_cast<const RowsHeader*>(other);
        if (more->used <= RowsState::Capacity(more)) {
          rows = RowsState::WithRoom(rows, more->used);
          std::copy_n(RowsState::Used(more).data(), more->used,
                      RowsState::Records(rows) + rows->used);
          rows->used += more->used;
          PG_RETURN_POINTER(rows);
        }
      }
      PG_RETURN_POINTER(CallCore([=] { return UnitedActivity({BytesOf(state), BytesOf(other)}); }));
    }
    expanded = ExpandedArgument(fcinfo, aggregate);
  }
  CallCore([=] { expanded->value().Merge(BytesOf(other)); });
  return expanded->ReadWrite();
}

// Leaves the state what it is: a window calls it again and again between two steps.
CDP_FUNCTION(cdp__activity_final) {
  ExpandedActivity* expanded = ExpandedActivity::From(PG_GETARG_DATUM(0));
  if (expanded != nullptr) {
    PG_RETURN_POINTER(CallCore([=] { return NewActivity(expanded->value()); }));
  }
  const auto bytes = BytesOf(PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0)));
  PG_RETURN_POINTER(CallCore([bytes] { return UnitedActivity({bytes}); }));
}

}  // namespace cdp::pg
