/// Loading links on top of what is stored: what cdp.ingest() asks and tells the load under way.

#include "pg/identity/first_load_datum.h"

namespace cdp::pg {
namespace {

using identity::FirstLoad;

/// A place in the load.
std::size_t PlaceArgument(FunctionCallInfo fcinfo, int number) {
  return static_cast<std::size_t>(static_cast<uint32>(PG_GETARG_INT32(number)));
}

// A tid is six bytes.
constexpr std::size_t kTidBytes = 6;

std::uint64_t RowOf(Datum tid) {
  std::uint64_t row = 0;
  std::memcpy(&row, DatumGetPointer(tid), kTidBytes);
  return row;
}

Datum TidOf(std::uint64_t row) {
  auto* tid = static_cast<char*>(palloc(kTidBytes));
  std::memcpy(tid, &row, kTidBytes);
  return PointerGetDatum(tid);
}

Datum IdOfNumber(std::uint32_t number) { return Int32GetDatum(static_cast<int32>(number + 1)); }

}  // namespace

CDP_FUNCTION(cdp__ingest_load_see) {
  FirstLoad& load = CurrentLoad();
  const std::string_view type = ViewOf(PG_GETARG_TEXT_PP(0));
  const std::string_view value = ViewOf(PG_GETARG_TEXT_PP(1));
  CallCore([&] { load.See(type, value, PG_GETARG_TIMESTAMPTZ(2), PG_GETARG_TIMESTAMPTZ(3)); });
  PG_RETURN_BOOL(true);
}

CDP_FUNCTION(cdp__ingest_load_met) {
  FirstLoad& load = CurrentLoad();
  if (SRF_IS_FIRSTCALL()) CallCore([&] { load.LineUpByValue(); });
  const auto turn = load.in_turn();
  return ReturnEach<3>(fcinfo, turn.size(), [&load, turn](std::size_t n, Datum* values, bool*) {
    const FirstLoad::Identifier& one = load.met(turn[n]);
    values[0] = Int32GetDatum(static_cast<int32>(turn[n]));
    values[1] = Int32GetDatum(load.type(one.type).id);
    values[2] = TextOf(one.value);
  });
}

CDP_FUNCTION(cdp__ingest_load_know) {
  FirstLoad& load = CurrentLoad();
  const std::size_t n = PlaceArgument(fcinfo, 0);
  CallCore([&] {
    load.Know(n, PG_GETARG_INT32(1), PG_GETARG_TIMESTAMPTZ(2), PG_GETARG_TIMESTAMPTZ(3),
              RowOf(PG_GETARG_DATUM(4)));
  });
  PG_RETURN_BOOL(true);
}

CDP_FUNCTION(cdp__ingest_load_new) {
  const FirstLoad& load = CurrentLoad();
  return ReturnEach<5>(fcinfo, load.identifiers(), [&load](std::size_t n, Datum* values, bool*) {
    const FirstLoad::Identifier& one = load.identifier(n);
    values[0] = IdOfNumber(one.number);
    values[1] = Int32GetDatum(load.type(one.type).id);
    values[2] = TextOf(one.value);
    values[3] = TimestampTzGetDatum(one.first_seen);
    values[4] = TimestampTzGetDatum(one.last_seen);
  });
}

CDP_FUNCTION(cdp__ingest_load_wider) {
  FirstLoad& load = CurrentLoad();
  if (SRF_IS_FIRSTCALL()) CallCore([&] { load.LineUpWider(); });
  const auto turn = load.in_turn();
  return ReturnEach<5>(fcinfo, turn.size(), [&load, turn](std::size_t n, Datum* values, bool*) {
    const FirstLoad::Identifier& one = load.met(turn[n]);
    if (!one.is_wider) return false;
    values[0] = Int32GetDatum(static_cast<int32>(turn[n]));
    values[1] = IdOfNumber(one.number);
    values[2] = TimestampTzGetDatum(one.first_seen);
    values[3] = TimestampTzGetDatum(one.last_seen);
    values[4] = TidOf(load.row(turn[n]));
    return true;
  });
}

CDP_FUNCTION(cdp__ingest_load_noted) {
  FirstLoad& load = CurrentLoad();
  const std::size_t n = PlaceArgument(fcinfo, 0);
  CallCore([&] { load.Noted(n); });
  PG_RETURN_BOOL(true);
}

CDP_FUNCTION(cdp__ingest_load_id) {
  const FirstLoad& load = CurrentLoad();
  const std::string_view type = ViewOf(PG_GETARG_TEXT_PP(0));
  const std::string_view value = ViewOf(PG_GETARG_TEXT_PP(1));
  PG_RETURN_INT32(CallCore([&] { return load.IdOf(type, value); }));
}

CDP_FUNCTION(cdp__ingest_load_arrange) {
  FirstLoad& load = CurrentLoad();
  CallCore([&] { load.SortLinks(); });
  PG_RETURN_VOID();
}

CDP_FUNCTION(cdp__ingest_load_old_pairs) {
  const FirstLoad& load = CurrentLoad();
  return ReturnEach<4>(fcinfo, load.links(), [&load](std::size_t n, Datum* values, bool*) {
    const FirstLoad::Link& link = load.link(n);
    if (!load.MayBeStored(link)) return false;
    values[0] = Int32GetDatum(static_cast<int32>(n));
    values[1] = IdOfNumber(link.a);
    values[2] = IdOfNumber(link.b);
    values[3] = TextOf(load.source(link));
    return true;
  });
}

CDP_FUNCTION(cdp__ingest_load_know_link) {
  FirstLoad& load = CurrentLoad();
  const std::size_t n = PlaceArgument(fcinfo, 0);
  CallCore([&] { load.KnowLink(n); });
  PG_RETURN_BOOL(true);
}

CDP_FUNCTION(cdp__ingest_load_links) {
  const FirstLoad& load = CurrentLoad();
  CallCore([&] { load.RequireSorted(); });
  const bool stored = PG_GETARG_BOOL(0);
  return ReturnEach<7>(fcinfo, load.links(), [&load, stored](std::size_t n, Datum* values, bool*) {
    if (load.is_stored(n) != stored) return false;
    const FirstLoad::Link& link = load.link(n);
    values[0] = IdOfNumber(link.a);
    values[1] = IdOfNumber(link.b);
    values[2] = TextOf(load.source(link));
    values[3] = Float8GetDatum(link.weight);
    values[4] = TimestampTzGetDatum(link.first_seen);
    values[5] = TimestampTzGetDatum(link.last_seen);
    values[6] = Int64GetDatum(link.n);
    return true;
  });
}

}  // namespace cdp::pg
