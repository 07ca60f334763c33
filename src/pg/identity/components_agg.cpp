/// components_agg and rollup(components). A state is null, a build form with spare room, an image
/// that came from elsewhere, or, once it has many links, an expanded object.

#include "pg/identity/components_datum.h"

namespace cdp::pg {
namespace {

using identity::ComponentsForm;
using identity::Link;

constexpr std::size_t kMaxLinks = identity::SmallComponents::kMaxLinks;
static_assert(kMaxLinks * sizeof(Link) <= kExpandAbove);

// With its header a capacity of 2^n - 1 fills what the allocator would round up to anyway.
constexpr std::size_t kFirstLinks = 15;
static_assert(sizeof(ComponentsBuild) == sizeof(Link));

ComponentsBuild* NewBuild(std::size_t capacity) {
  ComponentsBuild header{};
  header.version = static_cast<uint8>(ComponentsForm::kBuild);
  return ComponentsState::New(header, capacity);
}

bool IsBuild(const varlena* state) {
  return VARSIZE(state) >= sizeof(ComponentsBuild) &&
         reinterpret_cast<const ComponentsBuild*>(state)->version ==
             static_cast<uint8>(ComponentsForm::kBuild);
}

/// How many links the value would be in build form.
std::size_t LinkCount(const varlena* value) {
  return CallCore([value]() -> std::size_t {
    const auto payload = BytesOf(value);
    if (identity::FormOf(payload) == ComponentsForm::kImage) {
      return identity::ImageView(payload).nodes();
    }
    return identity::BuildView(payload).size();
  });
}

/// Writes the value's links behind those of the state, which has room for them.
void Append(ComponentsBuild* state, const varlena* value) {
  CallCore([state, value] {
    const auto payload = BytesOf(value);
    Link* end = ComponentsState::Records(state) + state->used;
    if (identity::FormOf(payload) == ComponentsForm::kBuild) {
      const identity::BuildView links(payload);
      for (std::size_t i = 0; i < links.size(); ++i) *end++ = links[i];
    } else {
      auto cursor = identity::ImageView(payload).begin();
      while (cursor.Next(&end->a, &end->b)) ++end;
    }
    state->used = static_cast<uint32>(end - ComponentsState::Records(state));
  });
}

/// A state in build form with room for `more` links: the given one if it can be.
ComponentsBuild* BuildWithRoom(varlena* state, std::size_t links, std::size_t more) {
  if (IsBuild(state)) {
    auto* build = reinterpret_cast<ComponentsBuild*>(state);
    const std::size_t capacity = ComponentsState::Capacity(build);
    return build->used + more <= capacity
               ? build
               : ComponentsState::WithRoom(build, std::max(more, capacity * 2 + 1 - build->used));
  }
  ComponentsBuild* build = NewBuild(std::bit_ceil(links + more + 1) - 1);
  Append(build, state);
  return build;
}

ExpandedComponents* Expand(MemoryContext aggregate, const varlena* state) {
  ExpandedComponents* expanded = ExpandedComponents::New(aggregate);
  expanded->value().Merge(BytesOf(state));
  return expanded;
}

Datum Add(MemoryContext aggregate, varlena* state, Link link) {
  if (IsBuild(state)) {
    auto* build = reinterpret_cast<ComponentsBuild*>(state);
    if (build->used < ComponentsState::Capacity(build)) [[likely]] {
      ComponentsState::Records(build)[build->used++] = link;
      return PointerGetDatum(build);
    }
  }
  const std::size_t links = LinkCount(state);
  if (links < kMaxLinks) {
    ComponentsBuild* build = BuildWithRoom(state, links, 1);
    ComponentsState::Records(build)[build->used++] = link;
    return PointerGetDatum(build);
  }
  return CallCore([aggregate, state, link] {
    ExpandedComponents* expanded = Expand(aggregate, state);
    expanded->value().Add(link.a, link.b);
    return expanded->ReadWrite();
  });
}

Datum Combine(MemoryContext aggregate, varlena* state, const varlena* other) {
  const std::size_t links = LinkCount(state);
  const std::size_t more = LinkCount(other);
  if (links + more <= kMaxLinks) {
    ComponentsBuild* build = BuildWithRoom(state, links, more);
    Append(build, other);
    return PointerGetDatum(build);
  }
  return CallCore([aggregate, state, other] {
    ExpandedComponents* expanded = Expand(aggregate, state);
    expanded->value().Merge(BytesOf(other));
    return expanded->ReadWrite();
  });
}

/// The state, which is argument 0, with one more link.
Datum Transition(FunctionCallInfo fcinfo, MemoryContext aggregate, Link link) {
  if (PG_ARGISNULL(0)) {
    ComponentsBuild* build = NewBuild(kFirstLinks);
    ComponentsState::Records(build)[build->used++] = link;
    PG_RETURN_POINTER(build);
  }
  ExpandedComponents* expanded = ExpandedComponents::From(PG_GETARG_DATUM(0));
  if (expanded == nullptr) return Add(aggregate, StateArgument(fcinfo, 0), link);
  CallCore([expanded, link] { expanded->value().Add(link.a, link.b); });
  PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

}  // namespace

CDP_FUNCTION(cdp__components_agg_trans) {
  MemoryContext aggregate = RequireAggregate(fcinfo, "_components_agg_trans");
  if (PG_ARGISNULL(1) || PG_ARGISNULL(2)) return UnchangedState(fcinfo);
  return Transition(fcinfo, aggregate, {PG_GETARG_INT64(1), PG_GETARG_INT64(2)});
}

CDP_FUNCTION(cdp__components_agg_weighted_trans) {
  MemoryContext aggregate = RequireAggregate(fcinfo, "_components_agg_weighted_trans");
  if (PG_ARGISNULL(4)) {
    ereport(ERROR,
            (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("min_weight must not be null")));
  }
  const float8 least = PG_GETARG_FLOAT8(4);
  if (std::isnan(least)) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("min_weight must not be NaN")));
  }
  if (PG_ARGISNULL(1) || PG_ARGISNULL(2)) return UnchangedState(fcinfo);
  const Link link{PG_GETARG_INT64(1), PG_GETARG_INT64(2)};
  // False for NaN, which SQL takes for more than any number.
  if (!PG_ARGISNULL(3) && PG_GETARG_FLOAT8(3) >= least) {
    return Transition(fcinfo, aggregate, link);
  }
  // Too weak to join anybody, but both nodes were seen.
  const Datum state = Transition(fcinfo, aggregate, {link.a, link.a});
  if (link.a == link.b) return state;
  fcinfo->args[0] = {state, false};
  return Transition(fcinfo, aggregate, {link.b, link.b});
}

CDP_FUNCTION(cdp__components_agg_combine) {
  MemoryContext aggregate = RequireAggregate(fcinfo, "_components_agg_combine");
  if (PG_ARGISNULL(1)) return UnchangedState(fcinfo);
  varlena* other = PG_GETARG_VARLENA_P(1);
  if (PG_ARGISNULL(0)) PG_RETURN_POINTER(other);
  ExpandedComponents* expanded = ExpandedComponents::From(PG_GETARG_DATUM(0));
  if (expanded == nullptr) return Combine(aggregate, StateArgument(fcinfo, 0), other);
  CallCore([expanded, other] { expanded->value().Merge(BytesOf(other)); });
  PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

CDP_FUNCTION(cdp__components_agg_final) {
  ExpandedComponents* expanded = ExpandedComponents::From(PG_GETARG_DATUM(0));
  if (expanded != nullptr) {
    PG_RETURN_POINTER(CallCore([expanded] { return NewComponents(expanded->value()); }));
  }
  const varlena* state = PG_GETARG_VARLENA_PP(0);
  PG_RETURN_POINTER(CallCore([state] { return ImageOf(state); }));
}

}  // namespace cdp::pg
