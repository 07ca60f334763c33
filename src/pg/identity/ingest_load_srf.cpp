/// Loading links on top of what is stored: what cdp.ingest() asks and tells the load under way.

#include "pg/base/row_change.h"
#include "pg/base/row_find.h"
#include "pg/identity/first_load_datum.h"

namespace cdp::pg {
namespace {

using identity::FirstLoad;

/// A place in the load.
std::size_t PlaceArgument(FunctionCallInfo fcinfo, int number) {
  return static_cast<std::size_t>(static_cast<uint32>(PG_GETARG_INT32(number)));
}

constexpr std::size_t kTidBytes = sizeof(ItemPointerData);

std::uint64_t RowOf(Datum tid) {
  std::uint64_t row = 0;
  std::memcpy(&row, DatumGetPointer(tid), kTidBytes);
  return row;
}

ItemPointerData PlaceOf(std::uint64_t row) {
  ItemPointerData place;
  std::memcpy(&place, &row, kTidBytes);
  return place;
}

Datum IdOfNumber(std::uint32_t number) { return Int32GetDatum(static_cast<int32>(number + 1)); }

/// Whose turn the n-th is, while code of others may have lined up fewer meanwhile. May longjmp.
std::size_t TurnOf(const FirstLoad& load, std::size_t n) {
  const auto turn = load.in_turn();
  if (n >= turn.size()) {
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("steps of a load out of order")));
  }
  return turn[n];
}

/// Lets what is stored reach as far as the load has seen.
void Widen(TimestampTz first, TimestampTz last, Datum* first_seen, Datum* last_seen) {
  *first_seen = TimestampTzGetDatum(std::min(DatumGetTimestampTz(*first_seen), first));
  *last_seen = TimestampTzGetDatum(std::max(DatumGetTimestampTz(*last_seen), last));
}

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

CDP_FUNCTION(cdp__ingest_load_find_identifiers) {
  constexpr int16 kNames[] = {2, 3};
  FirstLoad& load = CurrentLoad();
  CallCore([&] { load.LineUpByValue(); });
  const auto key = [](std::size_t n, Datum* values, void* closure) {
    const FirstLoad& from = *static_cast<const FirstLoad*>(closure);
    const FirstLoad::Identifier& one = from.met(from.in_turn()[n]);
    values[0] = Int32GetDatum(from.type(one.type).id);
    values[1] = TextOf(one.value);
    return true;
  };
  const auto found = [](std::size_t n, ItemPointerData place, const Datum* values, void* closure) {
    FirstLoad& to = *static_cast<FirstLoad*>(closure);
    CallCore([&] {
      to.Know(to.in_turn()[n], DatumGetInt32(values[0]), DatumGetTimestampTz(values[5]),
              DatumGetTimestampTz(values[6]), RowOf(PointerGetDatum(&place)));
    });
  };
  PG_RETURN_BOOL(FindByKey(PG_GETARG_OID(0), kIdentifierColumns,
                           {load.in_turn().size(), kNames, key, found, &load}));
}

CDP_FUNCTION(cdp__ingest_load_find_links) {
  constexpr int16 kEnds[] = {1, 2, 3};
  FirstLoad& load = CurrentLoad();
  CallCore([&] { load.RequireSorted(); });
  const auto key = [](std::size_t n, Datum* values, void* closure) {
    const FirstLoad& from = *static_cast<const FirstLoad*>(closure);
    const FirstLoad::Link& link = from.link(n);
    if (!from.MayBeStored(link)) return false;
    values[0] = IdOfNumber(link.a);
    values[1] = IdOfNumber(link.b);
    values[2] = TextOf(from.source(link));
    return true;
  };
  const auto found = [](std::size_t n, ItemPointerData place, const Datum*, void* closure) {
    FirstLoad& to = *static_cast<FirstLoad*>(closure);
    CallCore([&] { to.KnowLink(n, RowOf(PointerGetDatum(&place))); });
  };
  PG_RETURN_BOOL(
      FindByKey(PG_GETARG_OID(0), kLinkColumns, {load.links(), kEnds, key, found, &load}));
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
  return ReturnEach<3>(fcinfo, turn.size(), [&load, turn](std::size_t n, Datum* values, bool*) {
    const FirstLoad::Identifier& one = load.met(turn[n]);
    if (!one.is_wider) return false;
    values[0] = IdOfNumber(one.number);
    values[1] = TimestampTzGetDatum(one.first_seen);
    values[2] = TimestampTzGetDatum(one.last_seen);
    return true;
  });
}

CDP_FUNCTION(cdp__ingest_load_note_identifiers) {
  constexpr int16 kSeen[] = {6, 7};
  FirstLoad& load = CurrentLoad();
  CallCore([&] { load.LineUpWider(); });
  KeptLoad kept;
  const auto place = [](std::size_t n, void* closure) {
    const FirstLoad& from = static_cast<const KeptLoad*>(closure)->Get();
    return PlaceOf(from.row(TurnOf(from, n)));
  };
  const auto change = [](std::size_t n, Datum* values, void* closure) {
    const FirstLoad& from = static_cast<const KeptLoad*>(closure)->Get();
    const FirstLoad::Identifier& one = from.met(TurnOf(from, n));
    if (values[0] != IdOfNumber(one.number)) return false;
    Widen(one.first_seen, one.last_seen, &values[5], &values[6]);
    return true;
  };
  const auto done = [](std::size_t n, void* closure) {
    FirstLoad& from = static_cast<KeptLoad*>(closure)->Get();
    from.Noted(TurnOf(from, n));
  };
  ChangeRows(PG_GETARG_OID(0), kIdentifierColumns,
             {load.in_turn().size(), kSeen, place, change, done, &kept});
  PG_RETURN_VOID();
}

CDP_FUNCTION(cdp__ingest_load_note_links) {
  constexpr int16 kSeen[] = {4, 5, 6, 7};
  const FirstLoad& load = CurrentLoad();
  CallCore([&] { load.RequireSorted(); });
  KeptLoad kept;
  const auto place = [](std::size_t n, void* closure) {
    return PlaceOf(static_cast<const KeptLoad*>(closure)->Get().link_row(n));
  };
  const auto change = [](std::size_t n, Datum* values, void* closure) {
    const FirstLoad& from = static_cast<const KeptLoad*>(closure)->Get();
    const FirstLoad::Link& link = from.link(n);
    if (values[0] != IdOfNumber(link.a) || values[1] != IdOfNumber(link.b) ||
        ViewOf(DatumGetTextPP(values[2])) != from.source(link)) {
      return false;
    }
    values[3] = Float8GetDatum(std::max(DatumGetFloat8(values[3]), link.weight));
    Widen(link.first_seen, link.last_seen, &values[4], &values[5]);
    values[6] = Int64GetDatum(DatumGetInt64(values[6]) + static_cast<int64>(link.n));
    return true;
  };
  const auto done = [](std::size_t n, void* closure) {
    static_cast<KeptLoad*>(closure)->Get().LinkNoted(n);
  };
  ChangeRows(PG_GETARG_OID(0), kLinkColumns, {load.links(), kSeen, place, change, done, &kept});
  PG_RETURN_VOID();
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
  CallCore([&] { load.KnowLink(n, RowOf(PG_GETARG_DATUM(1))); });
  PG_RETURN_BOOL(true);
}

CDP_FUNCTION(cdp__ingest_load_links) {
  const FirstLoad& load = CurrentLoad();
  CallCore([&] { load.RequireSorted(); });
  const bool stored = PG_GETARG_BOOL(0);
  return ReturnEach<7>(fcinfo, load.links(), [&load, stored](std::size_t n, Datum* values, bool*) {
    if (stored ? !load.is_seen_again(n) : load.is_stored(n)) return false;
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
