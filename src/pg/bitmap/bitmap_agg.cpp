/// The aggregates of roaringbitmap.

#include "core/bitmap/bitmap_fold.h"
#include "core/bitmap/build_state.h"
#include "pg/bitmap/bitmap_aggregate.h"
#include "pg/bitmap/bitmap_datum.h"
#include "pg/bitmap/bitmap_result.h"

namespace cdp::pg {
namespace {

using bitmap::SetOperation;

struct Form32 {
  using Value = std::uint32_t;
  struct BuildHeader {
    std::int32_t vl_len_;
    std::uint32_t cookie;
    std::uint32_t used;
  };
  static_assert(sizeof(BuildHeader) == VARHDRSZ + bitmap::kBuildHeaderBytes);

  static BuildHeader EmptyHeader() { return {0, bitmap::kBuildCookie, 0}; }
  static bool HasCookie(const BuildHeader* state) { return state->cookie == bitmap::kBuildCookie; }
  static bitmap::Bytes BytesOfDatum(Datum datum) { return BitmapBytes(datum); }
  static bool IsNormal(bitmap::Bytes bytes) { return bitmap::IsNormal(bytes); }
  static varlena* NewCombined(SetOperation operation, bitmap::Bytes state, bitmap::Bytes other) {
    const bitmap::BitmapView mine(state);
    const bitmap::BitmapView theirs(other);
    bitmap::CheckOperand(operation, mine, theirs);
    return NewCombinedBitmap(operation, mine, theirs);
  }
  static bool IsAggregateForm(bitmap::Bytes bytes) { return bitmap::IsAggregateForm(bytes); }
  static std::uint64_t Cardinality(bitmap::Bytes bytes) {
    return bitmap::BitmapView(bytes).Cardinality();
  }
};
using Aggregate = BitmapAggregate<Form32>;

}  // namespace

CDP_FUNCTION(cdp_rb_build_trans) {
  return Aggregate::Build(fcinfo, PG_GETARG_UINT32(1), "rb_build_trans");
}
CDP_FUNCTION(cdp_rb_build_combine) { return Aggregate::BuildCombine(fcinfo, "rb_build_combine"); }

CDP_FUNCTION(cdp_rb_or_trans) { return Aggregate::Fold(fcinfo, SetOperation::kOr, "rb_or_trans"); }
CDP_FUNCTION(cdp_rb_and_trans) {
  return Aggregate::Fold(fcinfo, SetOperation::kAnd, "rb_and_trans");
}
CDP_FUNCTION(cdp_rb_xor_trans) {
  return Aggregate::Fold(fcinfo, SetOperation::kXor, "rb_xor_trans");
}

CDP_FUNCTION(cdp_rb_or_combine) {
  return Aggregate::Fold(fcinfo, SetOperation::kOr, "rb_or_combine");
}
CDP_FUNCTION(cdp_rb_and_combine) {
  return Aggregate::Fold(fcinfo, SetOperation::kAnd, "rb_and_combine");
}
CDP_FUNCTION(cdp_rb_xor_combine) {
  return Aggregate::Fold(fcinfo, SetOperation::kXor, "rb_xor_combine");
}

CDP_FUNCTION(cdp_rb_final) { return Aggregate::Final(fcinfo); }
CDP_FUNCTION(cdp_rb_cardinality_final) { return Aggregate::CardinalityFinal(fcinfo); }

}  // namespace cdp::pg
