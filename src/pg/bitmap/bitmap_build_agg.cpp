/// rb_build_agg: one step of it costs hardly more than a step of array_agg.
///
/// Small groups keep their values as they come, in one growing varlena; a group of many different
/// values becomes an expanded object.

#include "core/bitmap/build_state.h"
#include "core/bitmap/sort.h"
#include "pg/base/flat_state.h"
#include "pg/bitmap/bitmap_datum.h"
#include "pg/bitmap/bitmap_state.h"

namespace cdp::pg {
namespace {

struct BuildHeader {
  std::int32_t vl_len_;
  std::uint32_t cookie;
  std::uint32_t used;
};
static_assert(sizeof(BuildHeader) == VARHDRSZ + bitmap::kBuildHeaderBytes);
using BuildState = FlatState<BuildHeader, std::uint32_t>;

// Capacities that, with the header, fill chunks of 64, 128 ... 8192 bytes of a memory context.
constexpr std::size_t CapacityOfChunk(std::size_t bytes) {
  return (bytes - sizeof(BuildHeader)) / sizeof(std::uint32_t);
}
constexpr std::size_t kFirstCapacity = CapacityOfChunk(64);
constexpr std::size_t kFlatCapacity = CapacityOfChunk(8192);
// Over twice the capacity: the header does not double.
constexpr std::size_t kExtraRoom = CapacityOfChunk(128) - 2 * kFirstCapacity;

// The state in argument 0, changeable in place; null when it is of another form.
BuildHeader* FlatBuildState(Datum datum) {
  auto* value = reinterpret_cast<varlena*>(DatumGetPointer(datum));
  if (!VARATT_IS_4B_U(value) || VARSIZE(value) < sizeof(BuildHeader)) return nullptr;
  auto* state = reinterpret_cast<BuildHeader*>(value);
  if (state->cookie != bitmap::kBuildCookie) return nullptr;
  return state->used <= BuildState::Capacity(state) ? state : nullptr;
}

BuildHeader* NewBuildState(std::size_t capacity) {
  return BuildState::New({0, bitmap::kBuildCookie, 0}, capacity);
}

void RemoveDuplicates(BuildHeader* state) {
  state->used = CallCore([state] {
    ContextResource memory(CurrentMemoryContext);
    return static_cast<std::uint32_t>(bitmap::SortUnique(BuildState::Used(state), &memory));
  });
}

ExpandedBitmap* ExpandBuildState(MemoryContext parent, const BuildHeader* state) {
  const auto values = BuildState::Used(state);
  return CallCore([=] { return ExpandedBitmap::New(parent, values); });
}

Datum AddToExpanded(ExpandedBitmap* state, std::uint32_t value) {
  CallCore([=] { state->value().Add(value); });
  return state->ReadWrite();
}

// The state is full. Values that keep repeating must not make it large.
Datum AddToFull(MemoryContext context, BuildHeader* state, std::uint32_t value) {
  if (BuildState::Capacity(state) >= kFlatCapacity) {
    RemoveDuplicates(state);
    if (state->used > kFlatCapacity / 2) {
      return AddToExpanded(ExpandBuildState(context, state), value);
    }
  } else {
    state = BuildState::WithRoom(state, state->used + kExtraRoom);
  }
  BuildState::Records(state)[state->used++] = value;
  return PointerGetDatum(state);
}

}  // namespace

CDP_FUNCTION(cdp_rb_build_trans) {
  const MemoryContext context = RequireTransition(fcinfo, "rb_build_trans");
  if (PG_ARGISNULL(0)) {
    if (PG_ARGISNULL(1)) PG_RETURN_NULL();
    BuildHeader* state = NewBuildState(kFirstCapacity);
    BuildState::Records(state)[state->used++] = PG_GETARG_UINT32(1);
    PG_RETURN_POINTER(state);
  }
  const Datum datum = PG_GETARG_DATUM(0);
  if (PG_ARGISNULL(1)) return datum;
  const std::uint32_t value = PG_GETARG_UINT32(1);
  if (BuildHeader* state = FlatBuildState(datum)) [[likely]] {
    if (state->used == BuildState::Capacity(state)) return AddToFull(context, state, value);
    BuildState::Records(state)[state->used++] = value;
    return datum;
  }
  if (ExpandedBitmap* expanded = ExpandedBitmap::From(datum)) return AddToExpanded(expanded, value);
  const bitmap::Bytes bytes = BitmapBytes(datum);
  return AddToExpanded(CallCore([=] { return ExpandedBitmap::New(context, bytes); }), value);
}

CDP_FUNCTION(cdp_rb_build_combine) {
  const MemoryContext context = RequireTransition(fcinfo, "rb_build_combine");
  if (PG_ARGISNULL(1)) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    return PG_GETARG_DATUM(0);
  }
  // Unpacked: a state that came in a tuple has a short header, and the next step must find it in
  // the form that can grow.
  const Datum taken = PointerGetDatum(PG_DETOAST_DATUM(PG_GETARG_DATUM(1)));
  if (PG_ARGISNULL(0)) return taken;
  BuildHeader* state = FlatBuildState(PG_GETARG_DATUM(0));
  if (state == nullptr) return FoldBitmap(fcinfo, bitmap::SetOperation::kOr, "rb_build_combine");
  const BuildHeader* other = FlatBuildState(taken);
  if (other != nullptr && state->used + other->used <= kFlatCapacity) {
    state = BuildState::WithRoom(state, other->used);
    std::copy_n(BuildState::Used(other).data(), other->used,
                BuildState::Records(state) + state->used);
    state->used += other->used;
    PG_RETURN_POINTER(state);
  }
  const bitmap::Bytes bytes = BitmapBytes(taken);
  ExpandedBitmap* expanded = ExpandBuildState(context, state);
  CallCore([=] {
    expanded->value().Apply(bitmap::SetOperation::kOr, bitmap::Bitmap::FromPortable(bytes));
  });
  return expanded->ReadWrite();
}

}  // namespace cdp::pg
