/// The first load of links, step by step, as cdp._first_load() takes them. What is between the
/// steps lives in memory of the transaction, one load at a time.

#include "core/identity/landed_text.h"
#include "pg/base/pattern.h"
#include "pg/base/table_fill.h"
#include "pg/identity/first_load_datum.h"
#include "pg/identity/id_rules.h"

namespace cdp::pg {
namespace {

using identity::FirstLoad;
using Cause = FirstLoad::Refusal::Cause;

// Lives in a memory context of its own and is never destroyed: it owns nothing but that memory.
struct Load {
  explicit Load(MemoryContext context) : memory(context), load(&memory) {}
  ContextResource memory;
  FirstLoad load;
};

// Of the server's epoch, 2000-01-01, since that of Unix.
constexpr std::int64_t kEpochSeconds = 946684800;

Load* current = nullptr;

// Raised whenever a load ends: the memory of one may be given to the next.
std::uint64_t turn = 0;

void Forget(void*) {
  current = nullptr;
  ++turn;
}

const char* NameOf(FirstLoad::Status status) {
  switch (status) {
    case FirstLoad::Status::kBlocked:
      return "blocked";
    case FirstLoad::Status::kShared:
      return "shared";
    default:
      return "active";
  }
}

const char* StatusOf(const FirstLoad::Refusal& refusal) {
  switch (refusal.cause) {
    case Cause::kNone:
      return "active";
    case Cause::kLimited:
      return "limited";
    default:
      return "quarantined";
  }
}

Datum ReasonOf(const FirstLoad::Refusal& refusal) {
  const std::string_view other = refusal.other == nullptr ? "" : refusal.other->name;
  const auto bytes = static_cast<int>(other.size());
  if (refusal.cause == Cause::kBlocked) return CStringGetTextDatum("one end is blocked");
  if (refusal.cause == Cause::kShared) {
    return CStringGetTextDatum(
        psprintf("one end is shared: linked with more than %d of type \"%.*s\"", refusal.limit,
                 bytes, other.data()));
  }
  if (refusal.other == nullptr) {
    return CStringGetTextDatum(
        psprintf("a person would have more than %d identifiers", refusal.limit));
  }
  return CStringGetTextDatum(psprintf("a person would have more than %d of type \"%.*s\"",
                                      refusal.limit, bytes, other.data()));
}

std::span<const Datum> TextsOf(ArrayType* array, std::size_t count) {
  Datum* texts;
  int found;
  deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &texts, nullptr, &found);
  if (static_cast<std::size_t>(found) != count) {
    ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
                    errmsg("arrays must have the same number of elements")));
  }
  return {texts, count};
}

// Rows for cdp.identifier, numbered behind those given out before; the verdict is left.
struct IdentifierRows {
  KeptLoad load;
  int64 given;
  int64 given_persons;
  TimestampTz since;

  void Make(std::size_t n, Datum* values, bool* nulls) const {
    const FirstLoad& from = load.Get();
    const FirstLoad::Identifier& one = from.identifier(n);
    values[0] = Int32GetDatum(static_cast<int32>(given + 1 + static_cast<int64>(n)));
    values[1] = Int32GetDatum(from.type(one.type).id);
    values[2] = TextOf(one.value);
    values[3] = Int32GetDatum(static_cast<int32>(static_cast<uint32>(given_persons + one.person)));
    nulls[3] = one.person == 0;
    values[4] = CStringGetTextDatum(NameOf(one.status));
    values[5] = TimestampTzGetDatum(one.first_seen);
    values[6] = TimestampTzGetDatum(one.last_seen);
    values[7] = TimestampTzGetDatum(since);
    nulls[7] = one.person == 0 && one.status != FirstLoad::Status::kShared;
  }
};

// Rows for cdp.link.
struct LinkRows {
  KeptLoad load;
  int64 given;

  void Make(std::size_t n, Datum* values, bool* nulls) const {
    const FirstLoad& from = load.Get();
    const FirstLoad::Link& link = from.link(n);
    const FirstLoad::Refusal refusal = from.refusal(link);
    values[0] = Int32GetDatum(static_cast<int32>(given + 1 + link.a));
    values[1] = Int32GetDatum(static_cast<int32>(given + 1 + link.b));
    values[2] = TextOf(from.source(link));
    values[3] = Float8GetDatum(link.weight);
    values[4] = TimestampTzGetDatum(link.first_seen);
    values[5] = TimestampTzGetDatum(link.last_seen);
    values[6] = Int64GetDatum(link.n);
    values[7] = CStringGetTextDatum(StatusOf(refusal));
    nulls[8] = refusal.cause == Cause::kNone;
    if (refusal.cause != Cause::kNone) values[8] = ReasonOf(refusal);
  }
};

}  // namespace

FirstLoad& CurrentLoad() {
  if (current == nullptr) {
    ereport(ERROR,
            (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("no load is under way"),
             errhint("cdp.ingest() and cdp.id_resolve() begin one.")));
  }
  return current->load;
}

KeptLoad::KeptLoad() : load_(&CurrentLoad()), turn_(turn) {}

FirstLoad& KeptLoad::Get() const {
  if (turn_ != turn) {
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("the load has ended while its rows were written")));
  }
  return *load_;
}

void BeginLoad() {
  const MemoryContext context =
      AllocSetContextCreate(TopTransactionContext, "cdp load", ALLOCSET_DEFAULT_SIZES);
  auto* callback = static_cast<MemoryContextCallback*>(
      MemoryContextAllocZero(context, sizeof(MemoryContextCallback)));
  callback->func = Forget;
  auto* load =
      CallCore([context] { return new (AllocateIn(context, sizeof(Load))) Load(context); });
  EndLoad();
  MemoryContextRegisterResetCallback(context, callback);
  current = load;
}

void EndLoad() {
  if (current != nullptr) MemoryContextDelete(current->memory.context());
}

CDP_FUNCTION(cdp__first_load_begin) {
  BeginLoad();
  PG_RETURN_VOID();
}

CDP_FUNCTION(cdp__first_load_end) {
  EndLoad();
  PG_RETURN_VOID();
}

CDP_FUNCTION(cdp__first_load_add) {
  FirstLoad& load = CurrentLoad();
  const FirstLoad::Sighting sighting{ViewOf(PG_GETARG_TEXT_PP(0)), ViewOf(PG_GETARG_TEXT_PP(1)),
                                     ViewOf(PG_GETARG_TEXT_PP(2)), ViewOf(PG_GETARG_TEXT_PP(3)),
                                     ViewOf(PG_GETARG_TEXT_PP(4)), PG_GETARG_TIMESTAMPTZ(5),
                                     PG_GETARG_FLOAT8(6)};
  CallCore([&] { load.Add(sighting); });
  PG_RETURN_BOOL(true);
}

// What is written plainly, as programs write it, is taken here without the server's help; anything
// else is left to SQL, which knows every spelling and the reason where one is refused.
CDP_FUNCTION(cdp__first_load_take_plain) {
  FirstLoad& load = CurrentLoad();
  for (int i = 0; i < 6; ++i) {
    if (PG_ARGISNULL(i)) PG_RETURN_BOOL(false);
  }
  const bool is_utf8 = GetDatabaseEncoding() == PG_UTF8;
  std::string_view texts[6];
  for (int i = 0; i < 6; ++i) texts[i] = identity::Trim(ViewOf(PG_GETARG_TEXT_PP(i)), is_utf8);
  std::string_view weight_text = "1";
  if (!PG_ARGISNULL(6)) weight_text = ViewOf(PG_GETARG_TEXT_PP(6));
  for (const std::string_view text : std::span(texts).first(5)) {
    if (text.empty() || text.size() > identity::kLongestKey) PG_RETURN_BOOL(false);
  }
  if (!identity::IsLowerCase(texts[1]) || !identity::IsLowerCase(texts[3])) PG_RETURN_BOOL(false);
  const auto seconds = identity::PlainUtcSeconds(texts[5]);
  const auto weight = identity::PlainFraction(weight_text);
  if (!seconds || !weight) PG_RETURN_BOOL(false);
  const TimestampTz at = (*seconds - kEpochSeconds) * USECS_PER_SEC;
  if (at < PG_GETARG_TIMESTAMPTZ(7) || at > PG_GETARG_TIMESTAMPTZ(8)) PG_RETURN_BOOL(false);
  const IdRule rules[] = {RuleOf(fcinfo, texts[1]), RuleOf(fcinfo, texts[3])};
  for (const IdRule& rule : rules) {
    if (rule.is_hashed || rule.is_refused) PG_RETURN_BOOL(false);
  }
  CallCore([&] {
    std::byte room[512];
    ContextResource beyond(CurrentMemoryContext);
    std::pmr::monotonic_buffer_resource memory(room, sizeof room, &beyond);
    const auto value_a = identity::Spelled(texts[2], rules[0].spelling(), &memory);
    const auto value_b = identity::Spelled(texts[4], rules[1].spelling(), &memory);
    load.Add({texts[0], texts[1], value_a, texts[3], value_b, at, *weight});
  });
  PG_RETURN_BOOL(true);
}

CDP_FUNCTION(cdp__first_load_types) {
  const FirstLoad& load = CurrentLoad();
  return ReturnEach<2>(fcinfo, load.types(), [&load](std::size_t n, Datum* values, bool*) {
    values[0] = Int32GetDatum(static_cast<int32>(n));
    values[1] = TextOf(load.type(n).name);
  });
}

CDP_FUNCTION(cdp__first_load_type_describe) {
  FirstLoad& load = CurrentLoad();
  const auto n = static_cast<std::size_t>(static_cast<uint32>(PG_GETARG_INT32(0)));
  CallCore([&] {
    load.DescribeType(n, {.name = {},
                          .id = PG_GETARG_INT32(1),
                          .rank = PG_GETARG_INT32(2),
                          .fanout_limit = PG_GETARG_INT32(3),
                          .neighbour_limit = PG_GETARG_INT32(4),
                          .person_limit = PG_GETARG_INT32(5)});
  });
  PG_RETURN_VOID();
}

CDP_FUNCTION(cdp__first_load_number) {
  FirstLoad& load = CurrentLoad();
  const auto given = static_cast<std::uint32_t>(PG_GETARG_INT64(0));
  CallCore([&] { load.Number(given); });
  PG_RETURN_INT64(static_cast<int64>(load.identifiers()));
}

CDP_FUNCTION(cdp__first_load_block_values) {
  FirstLoad& load = CurrentLoad();
  const auto types = ElementsOf<std::int32_t>(PG_GETARG_ARRAYTYPE_P(0));
  const std::span<const Datum> texts = TextsOf(PG_GETARG_ARRAYTYPE_P(1), types.size());
  auto* list = static_cast<FirstLoad::Placeholder*>(
      palloc(types.size() * sizeof(FirstLoad::Placeholder) + 1));
  for (std::size_t i = 0; i < types.size(); ++i) {
    list[i] = {types[i], ViewOf(DatumGetTextPP(texts[i]))};
  }
  CallCore([&] { load.BlockPlaceholders({list, types.size()}); });
  PG_RETURN_VOID();
}

CDP_FUNCTION(cdp__first_load_block_patterns) {
  FirstLoad& load = CurrentLoad();
  const auto types = ElementsOf<std::int32_t>(PG_GETARG_ARRAYTYPE_P(0));
  const std::span<const Datum> patterns = TextsOf(PG_GETARG_ARRAYTYPE_P(1), types.size());
  StringInfoData value;
  initStringInfo(&value);
  for (std::size_t n = 0; n < load.identifiers(); ++n) {
    CHECK_FOR_INTERRUPTS();
    const FirstLoad::Identifier& one = load.identifier(n);
    const int32 type = load.type(one.type).id;
    for (std::size_t i = 0; i < types.size(); ++i) {
      if (types[i] != type) continue;
      const auto bytes = static_cast<int>(one.value.size());
      resetStringInfo(&value);
      appendBinaryStringInfo(&value, one.value.data(), bytes);
      std::transform(value.data, value.data + bytes, value.data, identity::Lower);
      if (Matches(DatumGetTextPP(patterns[i]), value.data, bytes)) {
        CallCore([&load, n] { load.Block(n); });
        break;
      }
    }
  }
  PG_RETURN_VOID();
}

CDP_FUNCTION(cdp__first_load_resolve) {
  FirstLoad& load = CurrentLoad();
  const int32 size_cap = PG_GETARG_INT32(0);
  CallCore([&] {
    load.SetSizeCap(size_cap);
    load.Resolve();
  });
  const TupleDesc shape = RowShape(fcinfo);
  const std::uint64_t counts[] = {load.pairs(),   load.links(),  load.persons(),
                                  load.blocked(), load.shared(), load.refused()};
  Datum values[std::size(counts)];
  bool nulls[std::size(counts)] = {};
  for (std::size_t i = 0; i < std::size(counts); ++i) {
    values[i] = Int64GetDatum(static_cast<int64>(counts[i]));
  }
  PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(shape, values, nulls)));
}

CDP_FUNCTION(cdp__first_load_identifiers) {
  const IdentifierRows rows{{}, PG_GETARG_INT64(0), PG_GETARG_INT64(1), PG_GETARG_TIMESTAMPTZ(2)};
  return ReturnEach<8>(
      fcinfo, rows.load.Get().identifiers(),
      [&rows](std::size_t n, Datum* values, bool* nulls) { rows.Make(n, values, nulls); });
}

CDP_FUNCTION(cdp__first_load_links) {
  const LinkRows rows{{}, PG_GETARG_INT64(0)};
  const FirstLoad& load = rows.load.Get();
  CallCore([&] { load.RequireResolved(); });
  return ReturnEach<9>(fcinfo, load.links(), [&rows](std::size_t n, Datum* values, bool* nulls) {
    rows.Make(n, values, nulls);
  });
}

CDP_FUNCTION(cdp__first_load_write_identifiers) {
  IdentifierRows rows{{}, PG_GETARG_INT64(1), PG_GETARG_INT64(2), PG_GETARG_TIMESTAMPTZ(3)};
  const auto make = [](std::size_t n, Datum* values, bool* nulls, void* closure) {
    static_cast<const IdentifierRows*>(closure)->Make(n, values, nulls);
    nulls[8] = true;
  };
  PG_RETURN_BOOL(TryFillTable(PG_GETARG_OID(0), kIdentifierColumns,
                              {rows.load.Get().identifiers(), make, &rows}));
}

CDP_FUNCTION(cdp__first_load_write_links) {
  LinkRows rows{{}, PG_GETARG_INT64(1)};
  const FirstLoad& load = rows.load.Get();
  CallCore([&] { load.RequireResolved(); });
  const auto make = [](std::size_t n, Datum* values, bool* nulls, void* closure) {
    static_cast<const LinkRows*>(closure)->Make(n, values, nulls);
  };
  PG_RETURN_BOOL(TryFillTable(PG_GETARG_OID(0), kLinkColumns, {load.links(), make, &rows}));
}

}  // namespace cdp::pg
