/// The aggregates of roaringbitmap64.

#include "core/bitmap/bitmap64_set.h"
#include "core/bitmap/bitmap_fold.h"
#include "core/bitmap/build_state.h"
#include "pg/bitmap/bitmap64_datum.h"
#include "pg/bitmap/bitmap_aggregate.h"

namespace cdp::pg {
namespace {

using bitmap::SetOperation;

struct Form64 {
  using Value = std::uint64_t;
  struct BuildHeader {
    std::int32_t vl_len_;
    std::uint32_t cookie[2];
    std::uint32_t used;
  };
  static_assert(sizeof(BuildHeader) == VARHDRSZ + bitmap::kBuildHeaderBytes64);

  // The cookie's halves: behind the length it is not aligned as a whole.
  static constexpr std::uint32_t kLow = static_cast<std::uint32_t>(bitmap::kBuildCookie64);
  static constexpr std::uint32_t kHigh = bitmap::kBuildCookie64 >> 32;
  static BuildHeader EmptyHeader() { return {0, {kLow, kHigh}, 0}; }
  static bool HasCookie(const BuildHeader* state) {
    return state->cookie[0] == kLow && state->cookie[1] == kHigh;
  }
  static bitmap::Bytes BytesOfDatum(Datum datum) { return Bitmap64Bytes(datum); }
  static bool IsNormal(bitmap::Bytes bytes) { return bitmap::IsNormal64(bytes); }
  static varlena* NewCombined(SetOperation operation, bitmap::Bytes state, bitmap::Bytes other) {
    bitmap::CheckOperand64(operation, state, other);
    return NewBitmap64(
        [=](bitmap::BucketList* list) { bitmap::AppendCombined(operation, state, other, list); });
  }
  static bool IsAggregateForm(bitmap::Bytes bytes) { return bitmap::IsAggregateForm64(bytes); }
  static std::uint64_t Cardinality(bitmap::Bytes bytes) { return bitmap::Cardinality64(bytes); }
};
using Aggregate = BitmapAggregate<Form64>;

}  // namespace

CDP_FUNCTION(cdp_rb64_build_trans) {
  return Aggregate::Build(fcinfo, static_cast<std::uint64_t>(PG_GETARG_INT64(1)),
                          "rb64_build_trans");
}
CDP_FUNCTION(cdp_rb64_build_combine) {
  return Aggregate::BuildCombine(fcinfo, "rb64_build_combine");
}

CDP_FUNCTION(cdp_rb64_or_trans) {
  return Aggregate::Fold(fcinfo, SetOperation::kOr, "rb64_or_trans");
}
CDP_FUNCTION(cdp_rb64_and_trans) {
  return Aggregate::Fold(fcinfo, SetOperation::kAnd, "rb64_and_trans");
}
CDP_FUNCTION(cdp_rb64_xor_trans) {
  return Aggregate::Fold(fcinfo, SetOperation::kXor, "rb64_xor_trans");
}

CDP_FUNCTION(cdp_rb64_or_combine) {
  return Aggregate::Fold(fcinfo, SetOperation::kOr, "rb64_or_combine");
}
CDP_FUNCTION(cdp_rb64_and_combine) {
  return Aggregate::Fold(fcinfo, SetOperation::kAnd, "rb64_and_combine");
}
CDP_FUNCTION(cdp_rb64_xor_combine) {
  return Aggregate::Fold(fcinfo, SetOperation::kXor, "rb64_xor_combine");
}

CDP_FUNCTION(cdp_rb64_final) { return Aggregate::Final(fcinfo); }
CDP_FUNCTION(cdp_rb64_cardinality_final) { return Aggregate::CardinalityFinal(fcinfo); }

}  // namespace cdp::pg
