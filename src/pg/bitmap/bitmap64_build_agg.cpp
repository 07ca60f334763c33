/// rb64_build_agg. Small groups keep their values as they come, in one growing varlena; a group of
/// many different values becomes an expanded object.

#include "core/bitmap/sort.h"
#include "pg/base/flat_state.h"
#include "pg/bitmap/bitmap64_datum.h"
#include "pg/bitmap/bitmap64_state.h"
#include "pg/bitmap/bitmap_state.h"

namespace cdp::pg {
namespace {

using bitmap::SetOperation;

struct Build64Header {
  std::int32_t vl_len_;
  std::uint32_t cookie[2];
  std::uint32_t used;
};
static_assert(sizeof(Build64Header) == VARHDRSZ + bitmap::kBuildHeaderBytes64);
using Build64State = FlatState<Build64Header, std::uint64_t>;

constexpr std::uint32_t kCookie[2] = {static_cast<std::uint32_t>(bitmap::kBuildCookie64),
                                      static_cast<std::uint32_t>(bitmap::kBuildCookie64 >> 32)};

// Capacities that, with the header, fill chunks of 64, 128 ... 8192 bytes of a memory context.
constexpr std::size_t CapacityOfChunk(std::size_t bytes) {
  return (bytes - sizeof(Build64Header)) / sizeof(std::uint64_t);
}
constexpr std::size_t kFirstCapacity = CapacityOfChunk(64);
constexpr std::size_t kFlatCapacity = CapacityOfChunk(8192);
// Over twice the capacity: the header does not double.
constexpr std::size_t kExtraRoom = CapacityOfChunk(128) - 2 * kFirstCapacity;

// The state, changeable in place; null when it is of another form.
Build64Header* FlatBuild64State(Datum datum) {
  auto* value = reinterpret_cast<varlena*>(DatumGetPointer(datum));
  if (!VARATT_IS_4B_U(value) || VARSIZE(value) < sizeof(Build64Header)) return nullptr;
  auto* state = reinterpret_cast<Build64Header*>(value);
  if (!std::equal(kCookie, kCookie + 2, state->cookie)) return nullptr;
  return state->used <= Build64State::Capacity(state) ? state : nullptr;
}

Datum AddToExpanded(ExpandedBitmap64* state, std::uint64_t value) {
  CallCore([=] { state->value().Add(value); });
  return state->ReadWrite();
}

// The state is full. Values that keep repeating must not make it large.
Datum AddToFull(MemoryContext context, Build64Header* state, std::uint64_t value) {
  if (Build64State::Capacity(state) >= kFlatCapacity) {
    state->used = CallCore([state] {
      ContextResource memory(CurrentMemoryContext);
      return static_cast<std::uint32_t>(bitmap::SortUnique(Build64State::Used(state), &memory));
    });
    if (state->used > kFlatCapacity / 2) {
      const std::span<const std::uint64_t> values = Build64State::Used(state);
      return AddToExpanded(CallCore([=] { return ExpandedBitmap64::New(context, values); }), value);
    }
  } else {
    state = Build64State::WithRoom(state, state->used + kExtraRoom);
  }
  Build64State::Records(state)[state->used++] = value;
  return PointerGetDatum(state);
}

// The expanded state that takes values; of another form, a new one with the same set.
ExpandedBitmap64* Expand(MemoryContext context, Datum state) {
  ExpandedBitmap64* expanded = ExpandedBitmap64::From(state);
  if (expanded != nullptr && expanded->value().operation() == SetOperation::kOr) return expanded;
  const bitmap::Bytes bytes = Bitmap64Bytes(state);
  return CallCore([=] { return ExpandedBitmap64::New(context, SetOperation::kOr, bytes); });
}

}  // namespace

CDP_FUNCTION(cdp_rb64_build_trans) {
  const MemoryContext context = RequireTransition(fcinfo, "rb64_build_trans");
  if (PG_ARGISNULL(1)) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    return PG_GETARG_DATUM(0);
  }
  const auto value = static_cast<std::uint64_t>(PG_GETARG_INT64(1));
  if (PG_ARGISNULL(0)) {
    Build64Header* state = Build64State::New({0, {kCookie[0], kCookie[1]}, 0}, kFirstCapacity);
    Build64State::Records(state)[state->used++] = value;
    PG_RETURN_POINTER(state);
  }
  const Datum datum = PG_GETARG_DATUM(0);
  if (Build64Header* state = FlatBuild64State(datum)) [[likely]] {
    if (state->used == Build64State::Capacity(state)) return AddToFull(context, state, value);
    Build64State::Records(state)[state->used++] = value;
    return datum;
  }
  return AddToExpanded(Expand(context, datum), value);
}

CDP_FUNCTION(cdp_rb64_build_combine) {
  const MemoryContext context = RequireTransition(fcinfo, "rb64_build_combine");
  if (PG_ARGISNULL(1)) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    return PG_GETARG_DATUM(0);
  }
  // Unpacked: a state that came in a tuple has a short header, and the next step must find it in
  // the form that can grow.
  const Datum taken = PointerGetDatum(PG_DETOAST_DATUM(PG_GETARG_DATUM(1)));
  if (PG_ARGISNULL(0)) return taken;
  Build64Header* state = FlatBuild64State(PG_GETARG_DATUM(0));
  if (state == nullptr) return FoldBitmap64(fcinfo, SetOperation::kOr, "rb64_build_combine");
  const Build64Header* other = FlatBuild64State(taken);
  if (other != nullptr && state->used + other->used <= kFlatCapacity) {
    state = Build64State::WithRoom(state, other->used);
    std::copy_n(Build64State::Used(other).data(), other->used,
                Build64State::Records(state) + state->used);
    state->used += other->used;
    PG_RETURN_POINTER(state);
  }
  const bitmap::Bytes bytes = Bitmap64Bytes(taken);
  ExpandedBitmap64* expanded = Expand(context, PointerGetDatum(state));
  CallCore([=] { expanded->value().Add(bytes); });
  return expanded->ReadWrite();
}

}  // namespace cdp::pg
