/// _id_graph: all identifiers and links guarded in memory, and what comes out another than it is
/// stored.

#include <algorithm>
#include <numeric>

#include "core/base/stop.h"
#include "core/identity/guarded_graph.h"

#include "pg/base/datum.h"
#include "pg/base/query_rows.h"
#include "pg/base/row_set.h"

namespace cdp::pg {
namespace {

using identity::GuardedGraph;
using Standing = GuardedGraph::Standing;
using Status = GuardedGraph::Status;

constexpr std::size_t kReasons = 6;
constexpr std::size_t kStandings = 5;

// Lives in the multi-call context and is never destroyed: it owns nothing but that memory.
struct Run {
  explicit Run(MemoryContext context) : memory(context), graph(&memory), type_ids(&memory) {}
  ContextResource memory;
  GuardedGraph graph;
  std::pmr::vector<std::int32_t> type_ids;  // ascending
  std::pmr::vector<std::uint32_t> kinds{&memory};
  GuardedGraph::Comparison comparison{{}, {}, std::pmr::vector<bool>(&memory)};
  std::uint64_t size_limit = 0;
  std::uint64_t links_by_reason[kStandings * kReasons] = {};
  std::size_t totals = 0;
  std::size_t reason = 0;
  std::size_t node = 0;
  std::size_t link = 0;
};

void TakeNodeShape(TupleDesc columns, void*) {
  RequireColumnTypes("nodes_query", columns, {INT4OID, INT4OID, INT4OID, TEXTOID, TEXTOID, BOOLOID},
                     "SELECT id, type_id, one_id, status, verdict, blocked");
}

// The words are those of cdp.identifier and cdp.link, whose checks allow no others.
Status StatusOf(std::string_view word) {
  if (word == "blocked") return Status::kBlocked;
  return word == "shared" ? Status::kShared : Status::kActive;
}

GuardedGraph::Mark MarkOf(Status was, std::string_view verdict, bool is_blocked) {
  if (verdict == "approved") return GuardedGraph::Mark::kApproved;
  if (is_blocked) return GuardedGraph::Mark::kBlocked;
  if (verdict != "rejected") return GuardedGraph::Mark::kOpen;
  return was == Status::kBlocked ? GuardedGraph::Mark::kBlocked : GuardedGraph::Mark::kShared;
}

Standing StandingOf(std::string_view word) {
  if (word == "quarantined") return Standing::kQuarantined;
  if (word == "limited") return Standing::kLimited;
  if (word == "expired") return Standing::kExpired;
  return word == "weak" ? Standing::kWeak : Standing::kActive;
}

const char* NameOf(Status status) {
  constexpr const char* kNames[] = {"active", "blocked", "shared"};
  return kNames[static_cast<std::size_t>(status)];
}

const char* NameOf(Standing standing) {
  constexpr const char* kNames[] = {"active", "quarantined", "limited", "expired", "weak"};
  return kNames[static_cast<std::size_t>(standing)];
}

// Short names; cdp._id_graph_reason() says them in words.
const char* NameOf(GuardedGraph::Reason reason) {
  constexpr const char* kNames[] = {"none", "weak", "blocked", "shared", "too many", "too large"};
  return kNames[static_cast<std::size_t>(reason)];
}

void RaiseNull(const char* argument) {
  ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                  errmsg("%s returns a null where a value is needed", argument)));
}

void TakeNode(TupleTableSlot* row, void* closure) {
  auto* run = static_cast<Run*>(closure);
  slot_getallattrs(row);
  const Datum* values = row->tts_values;
  const bool* nulls = row->tts_isnull;
  if (nulls[0] || nulls[1] || nulls[3]) RaiseNull("nodes_query");
  GuardedGraph::Node node;
  node.id = DatumGetInt32(values[0]);
  const std::int32_t type_id = DatumGetInt32(values[1]);
  const auto at = std::lower_bound(run->type_ids.begin(), run->type_ids.end(), type_id);
  if (at == run->type_ids.end() || *at != type_id) return;
  node.kind = run->kinds[static_cast<std::size_t>(at - run->type_ids.begin())];
  if (!nulls[2]) node.owner = static_cast<std::uint32_t>(DatumGetInt32(values[2]));
  node.was = StatusOf(ViewOf(DatumGetTextPP(values[3])));
  node.mark = MarkOf(node.was, nulls[4] ? std::string_view() : ViewOf(DatumGetTextPP(values[4])),
                     !nulls[5] && DatumGetBool(values[5]));
  CallCore([&] { run->graph.AddNode(node); });
}

void TakeLinkShape(TupleDesc columns, void*) {
  RequireColumnTypes(
      "links_query", columns,
      {INT4OID, INT4OID, FLOAT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID, BOOLOID},
      "SELECT a, b, weight, first_seen, last_seen, status, together");
}

void TakeLink(TupleTableSlot* row, void* closure) {
  auto* run = static_cast<Run*>(closure);
  slot_getallattrs(row);
  const Datum* values = row->tts_values;
  if (std::find(row->tts_isnull, row->tts_isnull + 7, true) != row->tts_isnull + 7) {
    RaiseNull("links_query");
  }
  GuardedGraph::Link link;
  link.a = DatumGetInt32(values[0]);
  link.b = DatumGetInt32(values[1]);
  link.weight = DatumGetFloat8(values[2]);
  link.first_seen = DatumGetTimestampTz(values[3]);
  link.last_seen = DatumGetTimestampTz(values[4]);
  link.was = StandingOf(ViewOf(DatumGetTextPP(values[5])));
  link.is_together = DatumGetBool(values[6]);
  CallCore([&] { run->graph.AddLink(link); });
}

/// The arguments by type, strongest type first: ids, ranks, fan-out, neighbour and person limits
/// and times to live. May longjmp.
struct Types {
  std::span<const std::int32_t> ids;
  std::span<const std::int32_t> ranks;
  std::span<const std::int32_t> limits[3];
  std::span<const std::int64_t> ttls;
};

Types TypesOf(FunctionCallInfo fcinfo) {
  Types types;
  types.ids = ElementsOf<std::int32_t>(PG_GETARG_ARRAYTYPE_P(0));
  types.ranks = ElementsOf<std::int32_t>(PG_GETARG_ARRAYTYPE_P(1));
  for (int i = 0; i < 3; ++i) {
    types.limits[i] = ElementsOf<std::int32_t>(PG_GETARG_ARRAYTYPE_P(2 + i));
  }
  types.ttls = ElementsOf<std::int64_t>(PG_GETARG_ARRAYTYPE_P(5));
  const std::size_t count = types.ids.size();
  if (types.ranks.size() != count || types.limits[0].size() != count ||
      types.limits[1].size() != count || types.limits[2].size() != count ||
      types.ttls.size() != count) {
    ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
                    errmsg("arrays of types must have the same number of elements")));
  }
  return types;
}

void AddKinds(const Types& types, Run* run) {
  std::pmr::vector<std::uint32_t> order(types.ids.size(), &run->memory);
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [&types](std::uint32_t x, std::uint32_t y) { return types.ids[x] < types.ids[y]; });
  for (const std::uint32_t kind : order) run->type_ids.push_back(types.ids[kind]);
  run->kinds = std::move(order);
  const auto limit = [](std::int32_t n) { return static_cast<std::uint32_t>(std::max(n, 0)); };
  for (std::size_t i = 0; i < types.ids.size(); ++i) {
    run->graph.AddKind({types.ranks[i], limit(types.limits[0][i]), limit(types.limits[1][i]),
                        limit(types.limits[2][i]), types.ttls[i]});
  }
}

Run* Resolved(FunctionCallInfo fcinfo) {
  const Types types = TypesOf(fcinfo);
  const GuardedGraph::Rules rules{
      PG_GETARG_FLOAT8(6), static_cast<std::uint64_t>(std::max<int64>(PG_GETARG_INT64(7), 0)),
      PG_GETARG_TIMESTAMPTZ(8)};
  auto* run = CallCore([&types] {
    auto* fresh = new (AllocateIn(CurrentMemoryContext, sizeof(Run))) Run(CurrentMemoryContext);
    AddKinds(types, fresh);
    return fresh;
  });
  RunQuery("nodes_query", PG_GETARG_TEXT_PP(9), {TakeNodeShape, TakeNode, run});
  RunQuery("links_query", PG_GETARG_TEXT_PP(10), {TakeLinkShape, TakeLink, run});
  CallCore([run, &rules] {
    run->size_limit = rules.size_limit;
    run->graph.Resolve(rules);
    run->comparison = run->graph.Compare();
    StopTicker ticker;
    for (const GuardedGraph::Link& link : run->graph.links()) {
      ticker.Step();
      ++run->links_by_reason[static_cast<std::size_t>(run->graph.standing(link)) * kReasons +
                             static_cast<std::size_t>(link.reason)];
    }
  });
  return run;
}

enum Column {
  kWhat,
  kA,
  kB,
  kOneId,
  kPart,
  kStatus,
  kReason,
  kLimit,
  kType,
  kWeight,
  kFirstSeen,
  kLastSeen,
  kBefore,
  kAfter
};
constexpr int kColumns = kAfter + 1;

struct Row {
  Datum values[kColumns] = {};
  bool nulls[kColumns];
  Row() { std::fill(std::begin(nulls), std::end(nulls), true); }
  void Set(Column column, Datum value) {
    values[column] = value;
    nulls[column] = false;
  }
};

// How many links there are of each standing and reason.
bool NextReason(Run* run, Row* row) {
  for (; run->reason < std::size(run->links_by_reason); ++run->reason) {
    const std::uint64_t links = run->links_by_reason[run->reason];
    if (links == 0) continue;
    row->Set(kWhat, CStringGetTextDatum("links"));
    row->Set(kStatus, CStringGetTextDatum(NameOf(static_cast<Standing>(run->reason / kReasons))));
    row->Set(kReason, CStringGetTextDatum(
                          NameOf(static_cast<GuardedGraph::Reason>(run->reason % kReasons))));
    row->Set(kAfter, Int64GetDatum(static_cast<int64>(links)));
    ++run->reason;
    return true;
  }
  return false;
}

bool NextTotal(Run* run, Row* row) {
  const auto& [before, after, changed, merges, splits] = run->comparison;
  const struct {
    const char* name;
    std::uint64_t before;
    std::uint64_t after;
  } totals[] = {{"persons", before.persons, after.persons},
                {"identifiers", before.identifiers, after.identifiers},
                {"largest", before.largest, after.largest},
                {"merges", 0, merges},
                {"splits", 0, splits}};
  if (run->totals >= std::size(totals)) return NextReason(run, row);
  const auto& total = totals[run->totals++];
  row->Set(kWhat, CStringGetTextDatum("total"));
  row->Set(kStatus, CStringGetTextDatum(total.name));
  row->Set(kBefore, Int64GetDatum(static_cast<int64>(total.before)));
  row->Set(kAfter, Int64GetDatum(static_cast<int64>(total.after)));
  return true;
}

// Where nothing has changed all are passed over at once.
void PollAt(std::size_t place) {
  if (place % 65536 == 0) CHECK_FOR_INTERRUPTS();
}

bool NextNode(Run* run, Row* row) {
  const auto nodes = run->graph.nodes();
  for (; run->node < nodes.size(); ++run->node) {
    const std::size_t n = run->node;
    PollAt(n);
    const Status status = run->graph.status(n);
    if (!run->comparison.changed[n] && status == nodes[n].was) continue;
    row->Set(kWhat, CStringGetTextDatum("identifier"));
    row->Set(kA, Int32GetDatum(nodes[n].id));
    if (nodes[n].owner != GuardedGraph::kNobody) {
      row->Set(kOneId, Int32GetDatum(static_cast<int32>(nodes[n].owner)));
    }
    const std::uint32_t root = run->graph.root(n);
    if (root != GuardedGraph::kNone) row->Set(kPart, Int32GetDatum(nodes[root].id));
    row->Set(kStatus, CStringGetTextDatum(NameOf(status)));
    ++run->node;
    return true;
  }
  return false;
}

void SetReason(const Run& run, const GuardedGraph::Link& link, Row* row) {
  const auto nodes = run.graph.nodes();
  std::uint32_t kind = link.kind;
  std::uint32_t limit = 0;
  if (link.reason == GuardedGraph::Reason::kShared) {
    const auto& end = nodes[link.a].guard == Status::kShared ? nodes[link.a] : nodes[link.b];
    kind = end.shared_by;
    if (kind != GuardedGraph::kNone) limit = run.graph.LimitOf(end.kind, kind);
  } else if (link.reason == GuardedGraph::Reason::kTooMany) {
    limit = run.graph.kind(kind).person_limit;
  }
  row->Set(kReason, CStringGetTextDatum(NameOf(link.reason)));
  if (link.reason == GuardedGraph::Reason::kTooLarge) {
    row->Set(kLimit, Int32GetDatum(static_cast<int32>(run.size_limit)));
  }
  if (kind == GuardedGraph::kNone) return;
  const auto at = std::find(run.kinds.begin(), run.kinds.end(), kind);
  row->Set(kType, Int32GetDatum(run.type_ids[static_cast<std::size_t>(at - run.kinds.begin())]));
  row->Set(kLimit, Int32GetDatum(static_cast<int32>(limit)));
}

bool NextLink(Run* run, Row* row) {
  const auto links = run->graph.links();
  const auto nodes = run->graph.nodes();
  for (; run->link < links.size(); ++run->link) {
    PollAt(run->link);
    const GuardedGraph::Link& link = links[run->link];
    const Standing standing = run->graph.standing(link);
    const bool is_due = standing == Standing::kActive && nodes[link.a].owner != nodes[link.b].owner;
    if (standing == link.was && !is_due) continue;
    row->Set(kWhat, CStringGetTextDatum("link"));
    row->Set(kA, Int32GetDatum(nodes[link.a].id));
    row->Set(kB, Int32GetDatum(nodes[link.b].id));
    // With these the row of its source is found; rows that are the same in them are judged alike.
    row->Set(kWeight, Float8GetDatum(link.weight));
    row->Set(kFirstSeen, TimestampTzGetDatum(link.first_seen));
    row->Set(kLastSeen, TimestampTzGetDatum(link.last_seen));
    row->Set(kStatus, CStringGetTextDatum(NameOf(standing)));
    SetReason(*run, link, row);
    ++run->link;
    return true;
  }
  return false;
}

}  // namespace

CDP_FUNCTION(cdp__id_graph) {
  if (SRF_IS_FIRSTCALL()) {
    FuncCallContext* first = SRF_FIRSTCALL_INIT();
    const MemoryContext caller = MemoryContextSwitchTo(first->multi_call_memory_ctx);
    first->tuple_desc = RowShape(fcinfo);
    first->user_fctx = Resolved(fcinfo);
    MemoryContextSwitchTo(caller);
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  auto* run = static_cast<Run*>(call->user_fctx);
  Row row;
  if (!NextTotal(run, &row) && !NextNode(run, &row) && !NextLink(run, &row)) SRF_RETURN_DONE(call);
  SRF_RETURN_NEXT(call,
                  HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, row.values, row.nulls)));
}

}  // namespace cdp::pg
