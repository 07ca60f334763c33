/// Text and binary forms of tally, and what its aggregates share. Both forms are the bytes of the
/// sealed value, checked on the way in.

#include "pg/behavior/timeline_tally_datum.h"

namespace cdp::pg {
namespace {

using behavior::TallyHeader;
using behavior::TallyShape;
using behavior::TallyTable;
using behavior::TallyView;

varlena* CheckedTally(std::span<const std::byte> bytes, ErrorCode code) {
  ContextResource memory(CurrentMemoryContext);
  return NewVarlena(behavior::CheckedTally(bytes, code, &memory));
}

varlena* Sealed(const varlena* state) {
  ContextResource memory(CurrentMemoryContext);
  // A copy: a table works on aligned bytes of its own.
  auto* copy = static_cast<TallyHeader*>(AllocateIn(CurrentMemoryContext, VARSIZE_ANY(state)));
  std::memcpy(copy, state, VARSIZE_ANY(state));
  const TallyTable table(copy, VARSIZE(copy), copy->shape(), &memory);
  return NewVarlena(behavior::SealTally(table, &memory));
}

/// Both tallies as a new state; for use inside CallCore.
TallyTable United(const TallyShape& shape, std::span<const std::byte> a,
                  std::span<const std::byte> b, std::pmr::memory_resource* memory) {
  TallyTable table(shape, memory);
  table.Merge(a);
  table.Merge(b);
  return table;
}

}  // namespace

std::span<const std::byte> TallyBytes(Datum datum) {
  const varlena* value = PG_DETOAST_DATUM_PACKED(datum);
  if (VARATT_IS_1B(value) || !behavior::IsTallyBuild(BytesOf(value)) ||
      VARSIZE(value) < sizeof(TallyHeader)) {
    return BytesOf(value);
  }
  return BytesOf(CallCore([value] { return Sealed(value); }));
}

CDP_FUNCTION(cdp_tally_in) {
  const auto bytes = BytesOf(BytesFromLiteral(PG_GETARG_CSTRING(0)));
  PG_RETURN_POINTER(CallCore([bytes] { return CheckedTally(bytes, ErrorCode::kInvalidText); }));
}

CDP_FUNCTION(cdp_tally_out) {
  const auto bytes = TallyBytes(PG_GETARG_DATUM(0));
  const varlena* value = CallCore([bytes] { return NewVarlena(bytes); });
  PG_RETURN_DATUM(DirectFunctionCall1(byteaout, PointerGetDatum(value)));
}

CDP_FUNCTION(cdp_tally_recv) {
  const auto bytes = RestOfMessage(reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0)));
  PG_RETURN_POINTER(CallCore([bytes] { return CheckedTally(bytes, ErrorCode::kInvalidBinary); }));
}

CDP_FUNCTION(cdp_tally_send) {
  const auto bytes = TallyBytes(PG_GETARG_DATUM(0));
  PG_RETURN_POINTER(CallCore([bytes] { return NewVarlena(bytes); }));
}

CDP_FUNCTION(cdp_tally_union) {
  const auto a = TallyBytes(PG_GETARG_DATUM(0));
  const auto b = TallyBytes(PG_GETARG_DATUM(1));
  PG_RETURN_POINTER(CallCore([=] {
    ContextResource memory(CurrentMemoryContext);
    return NewVarlena(behavior::SealTally(United(TallyView(a).shape(), a, b, &memory), &memory));
  }));
}

// Takes a stored tally into the state of rollup.
CDP_FUNCTION(cdp__tally_trans) {
  RequireAggregate(fcinfo, "_tally_trans");
  if (PG_ARGISNULL(1)) return UnchangedState(fcinfo);
  const auto bytes = TallyBytes(PG_GETARG_DATUM(1));
  // The shape is the argument's: a state of another one refuses it.
  TallyShape shape;
  CallCore([bytes, &shape] { shape = TallyView(bytes).shape(); });
  return FillTally(fcinfo, shape,
                   [bytes](TallyTable* table, ContextResource*) { table->Merge(bytes); });
}

CDP_FUNCTION(cdp__tally_combine) {
  RequireAggregate(fcinfo, "_tally_combine");
  if (PG_ARGISNULL(1)) return UnchangedState(fcinfo);
  const varlena* other = PG_DETOAST_DATUM(PG_GETARG_DATUM(1));
  if (PG_ARGISNULL(0)) PG_RETURN_POINTER(other);
  const auto* state = reinterpret_cast<const TallyHeader*>(StateArgument(fcinfo, 0));
  return FillTally(fcinfo, state->shape(),
                   [other](TallyTable* table, ContextResource*) { table->Merge(BytesOf(other)); });
}

// Leaves the state what it is: a window calls it again and again between two steps.
CDP_FUNCTION(cdp__tally_final) {
  const auto bytes = TallyBytes(PG_GETARG_DATUM(0));
  PG_RETURN_POINTER(CallCore([bytes] { return NewVarlena(bytes); }));
}

}  // namespace cdp::pg
