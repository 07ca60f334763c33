/// components_agg_text and rollup(components_text). A state is null, a build form with spare room,
/// an image that came from elsewhere, or, once it has many links, an expanded object.

#include "pg/identity/text_components_datum.h"

namespace cdp::pg {
namespace {

using identity::ComponentsForm;
using identity::TextBuildView;
using identity::TextImageView;
using identity::TextLink;

// Up to so many bytes of links a state stays flat.
constexpr std::size_t kMaxBytes = kExpandAbove - sizeof(TextComponentsBuild);

// With its header it fills what the allocator would round up to anyway.
constexpr std::size_t kFirstBytes = 256 - sizeof(TextComponentsBuild);

TextComponentsBuild* NewBuild(std::size_t bytes) {
  TextComponentsBuild header{};
  header.version = static_cast<uint8>(ComponentsForm::kBuild);
  const std::size_t size = std::max<std::size_t>(bytes, kFirstBytes) + sizeof(header);
  return TextComponentsState::New(header, std::bit_ceil(size) - sizeof(header));
}

/// A state of ours that may be written to.
TextComponentsBuild* BuildOf(varlena* state) {
  auto* build = reinterpret_cast<TextComponentsBuild*>(state);
  return VARSIZE(state) >= sizeof(TextComponentsBuild) &&
                 build->version == static_cast<uint8>(ComponentsForm::kBuild)
             ? build
             : nullptr;
}

/// Calls f(link) for the links that make the graph of a value.
template <class F>
void ForEachLink(const varlena* value, F&& f) {
  const auto payload = BytesOf(value);
  if (identity::TextFormOf(payload) == ComponentsForm::kBuild) {
    TextBuildView links(payload);
    for (TextLink link; links.Next(&link);) f(link);
    return;
  }
  const TextImageView image(payload);
  auto cursor = image.begin();
  TextLink link;
  for (std::uint32_t component = 0; cursor.Next(&link.a, &component);) {
    link.b = image.Text(component);
    f(link);
  }
}

/// How many bytes the links of a value take in build form; of a large value only that they are too
/// many.
std::size_t LinkBytes(const varlena* value) {
  return CallCore([value]() -> std::size_t {
    if (VARSIZE_ANY_EXHDR(value) > 2 * kExpandAbove) return kMaxBytes + 1;
    std::size_t bytes = 0;
    ForEachLink(value, [&](const TextLink& link) { bytes += identity::TextLinkBytes(link); });
    return bytes;
  });
}

/// Room behind the links that a state has; the caller knows that it is there.
void Append(TextComponentsBuild* state, const TextLink& link) {
  std::byte* at = TextComponentsState::Records(state) + state->used;
  state->used += static_cast<uint32>(identity::WriteTextLink(at, link) - at);
}

void Append(TextComponentsBuild* state, const varlena* value) {
  CallCore(
      [state, value] { ForEachLink(value, [&](const TextLink& link) { Append(state, link); }); });
}

/// A state in build form with room for `more` bytes: the given one if it can be, which has so many.
TextComponentsBuild* BuildWithRoom(varlena* state, std::size_t bytes, std::size_t more) {
  TextComponentsBuild* build = BuildOf(state);
  if (build != nullptr && build->used + more <= TextComponentsState::Capacity(build)) return build;
  TextComponentsBuild* wider = NewBuild(bytes + more);
  Append(wider, state);
  return wider;
}

ExpandedTextComponents* Expand(MemoryContext aggregate, const varlena* state) {
  ExpandedTextComponents* expanded = ExpandedTextComponents::New(aggregate);
  if (state != nullptr) expanded->value().Merge(BytesOf(state));
  return expanded;
}

}  // namespace

CDP_FUNCTION(cdp__components_agg_text_trans) {
  MemoryContext aggregate = RequireAggregate(fcinfo, "_components_agg_text_trans");
  if (PG_ARGISNULL(1) || PG_ARGISNULL(2)) return UnchangedState(fcinfo);
  const TextLink link{ViewOf(PG_GETARG_TEXT_PP(1)), ViewOf(PG_GETARG_TEXT_PP(2))};
  varlena* state = nullptr;
  if (!PG_ARGISNULL(0)) {
    ExpandedTextComponents* expanded = ExpandedTextComponents::From(PG_GETARG_DATUM(0));
    if (expanded != nullptr) {
      CallCore([&] { expanded->value().Add(link.a, link.b); });
      PG_RETURN_DATUM(PG_GETARG_DATUM(0));
    }
    state = StateArgument(fcinfo, 0);
  }
  const std::size_t more = identity::TextLinkBytes(link);
  const TextComponentsBuild* build = state == nullptr ? nullptr : BuildOf(state);
  const std::size_t bytes = build != nullptr   ? build->used
                            : state == nullptr ? 0
                                               : LinkBytes(state);
  if (bytes + more <= kMaxBytes) {
    TextComponentsBuild* grown =
        state == nullptr ? NewBuild(more) : BuildWithRoom(state, bytes, more);
    Append(grown, link);
    PG_RETURN_POINTER(grown);
  }
  return CallCore([&] {
    ExpandedTextComponents* expanded = Expand(aggregate, state);
    expanded->value().Add(link.a, link.b);
    return expanded->ReadWrite();
  });
}

CDP_FUNCTION(cdp__components_agg_text_combine) {
  MemoryContext aggregate = RequireAggregate(fcinfo, "_components_agg_text_combine");
  if (PG_ARGISNULL(1)) return UnchangedState(fcinfo);
  varlena* other = PG_GETARG_VARLENA_P(1);
  if (PG_ARGISNULL(0)) PG_RETURN_POINTER(other);
  ExpandedTextComponents* expanded = ExpandedTextComponents::From(PG_GETARG_DATUM(0));
  if (expanded != nullptr) {
    CallCore([&] { expanded->value().Merge(BytesOf(other)); });
    PG_RETURN_DATUM(PG_GETARG_DATUM(0));
  }
  varlena* state = StateArgument(fcinfo, 0);
  const std::size_t bytes = LinkBytes(state);
  const std::size_t more = LinkBytes(other);
  if (bytes + more <= kMaxBytes) {
    TextComponentsBuild* grown = BuildWithRoom(state, bytes, more);
    Append(grown, other);
    PG_RETURN_POINTER(grown);
  }
  return CallCore([&] {
    expanded = Expand(aggregate, state);
    expanded->value().Merge(BytesOf(other));
    return expanded->ReadWrite();
  });
}

CDP_FUNCTION(cdp__components_agg_text_final) {
  ExpandedTextComponents* expanded = ExpandedTextComponents::From(PG_GETARG_DATUM(0));
  if (expanded != nullptr) {
    PG_RETURN_POINTER(CallCore([expanded] { return NewTextComponents(expanded->value()); }));
  }
  const varlena* state = PG_GETARG_VARLENA_PP(0);
  PG_RETURN_POINTER(CallCore([state] { return TextImageOf(state); }));
}

}  // namespace cdp::pg
