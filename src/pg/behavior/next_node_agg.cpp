/// sequence_next_node: the state keeps all rows that have a value.

#include "core/behavior/next_node.h"
#include "pg/behavior/conditions.h"
#include "pg/behavior/hit_records.h"

namespace cdp::pg {
namespace {

using behavior::NextNodePlan;

/// A length word before the core's header.
struct NodeHeader {
  int32 vl_len_;
  uint8 version;
  uint8 backward;
  uint8 base;
  uint8 conditions;
  uint32 used;

  bool Follows(const NextNodePlan& plan) const {
    return (backward != 0) == plan.backward && base == plan.base && conditions == plan.conditions;
  }
};
static_assert(sizeof(NodeHeader) == VARHDRSZ + sizeof(behavior::NextNodeStateHeader));

using NodeState = FlatState<NodeHeader, uint32>;

constexpr std::size_t kFirstRoom = 60;

/// Arguments 1 and 2. May longjmp.
NextNodePlan PlanArguments(FunctionCallInfo fcinfo, int conditions) {
  if (PG_ARGISNULL(1) || PG_ARGISNULL(2)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                    errmsg("direction and base must not be null")));
  }
  const text* direction = PG_GETARG_TEXT_PP(1);
  const text* base = PG_GETARG_TEXT_PP(2);
  return CallCore(
      [=] { return behavior::ParseNextNodePlan(ViewOf(direction), ViewOf(base), conditions); });
}

NodeHeader* NewNodeState(const NextNodePlan& plan) {
  NodeHeader header{};
  header.version = behavior::kNextNodeStateVersion;
  header.backward = plan.backward ? 1 : 0;
  header.base = plan.base;
  header.conditions = plan.conditions;
  return NodeState::New(header, kFirstRoom);
}

/// The state argument, or null when it is SQL null. May longjmp.
NodeHeader* NodeArgument(FunctionCallInfo fcinfo) {
  varlena* value = StateArgument(fcinfo, 0);
  if (value == nullptr) return nullptr;
  auto* state = reinterpret_cast<NodeHeader*>(value);
  if (VARSIZE(value) < sizeof(NodeHeader) || state->version != behavior::kNextNodeStateVersion ||
      state->used > NodeState::Capacity(state)) {
    // Raises the error that says what is wrong.
    CallCore([value] { behavior::ReadNextNodeState(BytesOf(value)); });
  }
  return state;
}

void RequireAgreement(const NodeHeader* state, const NextNodePlan& plan) {
  if (state->Follows(plan)) return;
  if (state->conditions != plan.conditions) {
    RaiseConditionsDiffer(state->conditions, plan.conditions);
  }
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                  errmsg("direction and base must be the same for all rows of a group")));
}

}  // namespace

CDP_FUNCTION(cdp__sequence_next_node_trans) {
  RequireAggregate(fcinfo, "_sequence_next_node_trans");
  const Conditions conditions = PG_NARGS() > 6
                                    ? ConditionsArgument(fcinfo, 6, behavior::kMaxNodeConditions)
                                    : Conditions{0, 0};
  const NextNodePlan plan = PlanArguments(fcinfo, conditions.count);
  NodeHeader* state = NodeArgument(fcinfo);
  if (state == nullptr) {
    state = NewNodeState(plan);
  } else {
    RequireAgreement(state, plan);
  }
  if (PG_ARGISNULL(3) || PG_ARGISNULL(4)) PG_RETURN_POINTER(state);
  const TimestampTz at = PG_GETARG_TIMESTAMPTZ(3);
  RequireFinite(at, "sequence");
  const text* value = PG_GETARG_TEXT_PP(4);
  const bool base = !PG_ARGISNULL(5) && PG_GETARG_BOOL(5);
  const std::size_t words = behavior::NodeRowWords(VARSIZE_ANY_EXHDR(value));
  state = NodeState::WithRoom(state, words);
  behavior::WriteNodeRow({at, conditions.held, base, ViewOf(value)},
                         NodeState::Records(state) + state->used);
  state->used += static_cast<uint32>(words);
  PG_RETURN_POINTER(state);
}

CDP_FUNCTION(cdp__sequence_next_node_combine) {
  RequireAggregate(fcinfo, "_sequence_next_node_combine");
  NodeHeader* state = NodeArgument(fcinfo);
  const varlena* value = PG_DETOAST_DATUM(PG_GETARG_DATUM(1));
  behavior::NextNodeStateView other{};
  CallCore([&other, value] { other = behavior::ReadNextNodeState(BytesOf(value)); });
  RequireAgreement(state, other.header.plan());
  state = NodeState::WithRoom(state, other.header.used);
  if (!other.rows.empty()) {
    std::memcpy(NodeState::Records(state) + state->used, other.rows.data(), other.rows.size());
  }
  state->used += other.header.used;
  PG_RETURN_POINTER(state);
}

CDP_FUNCTION(cdp__sequence_next_node_final) {
  const varlena* value = PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
  const varlena* node = CallCore([value]() -> const varlena* {
    ContextResource memory(CurrentMemoryContext);
    const auto found = behavior::NextNode(behavior::ReadNextNodeState(BytesOf(value)), &memory);
    if (!found) return nullptr;
    return NewVarlena(std::as_bytes(std::span(found->data(), found->size())));
  });
  if (node == nullptr) PG_RETURN_NULL();
  // A state may have come through a door for bytes.
  pg_verifymbstr(VARDATA_ANY(node), static_cast<int>(VARSIZE_ANY_EXHDR(node)), false);
  PG_RETURN_POINTER(node);
}

}  // namespace cdp::pg
