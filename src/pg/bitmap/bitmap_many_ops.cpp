/// Functions of both types over arrays of bitmaps.

#include "core/bitmap/bitmap_many.h"

#include "core/bitmap/bitmap64_many.h"
#include "pg/bitmap/bitmap_kinds.h"

namespace cdp::pg {
namespace {

using bitmap::BitmapParts;
using bitmap::BitmapView;
using bitmap::BucketList;
using bitmap::Bytes;

// The bitmaps in an array of them, without the null ones.
template <class Kind>
std::span<const Bytes> BitmapsOf(ArrayType* array) {
  Datum* elements = nullptr;
  bool* nulls = nullptr;
  int count = 0;
  deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_INT, &elements, &nulls, &count);
  auto* bitmaps = static_cast<Bytes*>(palloc(sizeof(Bytes) * static_cast<std::size_t>(count)));
  std::size_t found = 0;
  for (int i = 0; i < count; ++i) {
    if (!nulls[i]) bitmaps[found++] = Kind::BytesOf(elements[i]);
  }
  return {bitmaps, found};
}

using Combine = void(std::span<BitmapView>, BitmapParts*, std::pmr::memory_resource*);
using Combine64 = void(std::span<const Bytes>, BucketList*);
using Count = std::uint64_t(std::span<BitmapView>, std::pmr::memory_resource*);
using Count64 = std::uint64_t(std::span<const Bytes>, std::pmr::memory_resource*);

Datum CombineMany(FunctionCallInfo fcinfo, Combine* combine) {
  const auto bitmaps = BitmapsOf<Kind32>(PG_GETARG_ARRAYTYPE_P(0));
  if (bitmaps.empty()) PG_RETURN_NULL();
  PG_RETURN_POINTER(CallCore([=] {
    ContextResource memory(CurrentMemoryContext);
    std::pmr::vector<BitmapView> views(bitmaps.begin(), bitmaps.end(), &memory);
    BitmapParts parts(&memory);
    combine(views, &parts, &memory);
    return NewBitmap(parts);
  }));
}

Datum CombineMany(FunctionCallInfo fcinfo, Combine64* combine) {
  const auto bitmaps = BitmapsOf<Kind64>(PG_GETARG_ARRAYTYPE_P(0));
  if (bitmaps.empty()) PG_RETURN_NULL();
  PG_RETURN_POINTER(
      CallCore([=] { return NewBitmap64([=](BucketList* list) { combine(bitmaps, list); }); }));
}

Datum CountMany(FunctionCallInfo fcinfo, Count* count) {
  const auto bitmaps = BitmapsOf<Kind32>(PG_GETARG_ARRAYTYPE_P(0));
  if (bitmaps.empty()) PG_RETURN_NULL();
  PG_RETURN_INT64(CallCore([=] {
    ContextResource memory(CurrentMemoryContext);
    std::pmr::vector<BitmapView> views(bitmaps.begin(), bitmaps.end(), &memory);
    return count(views, &memory);
  }));
}

Datum CountMany(FunctionCallInfo fcinfo, Count64* count) {
  const auto bitmaps = BitmapsOf<Kind64>(PG_GETARG_ARRAYTYPE_P(0));
  if (bitmaps.empty()) PG_RETURN_NULL();
  PG_RETURN_INT64(CallCore([=] {
    ContextResource memory(CurrentMemoryContext);
    return count(bitmaps, &memory);
  }));
}

}  // namespace

CDP_FUNCTION(cdp_rb_and_many) { return CombineMany(fcinfo, bitmap::AndMany); }
CDP_FUNCTION(cdp_rb_or_many) { return CombineMany(fcinfo, bitmap::OrMany); }
CDP_FUNCTION(cdp_rb_and_many_cardinality) { return CountMany(fcinfo, bitmap::AndManyCardinality); }
CDP_FUNCTION(cdp_rb_or_many_cardinality) { return CountMany(fcinfo, bitmap::OrManyCardinality); }

CDP_FUNCTION(cdp_rb64_and_many) { return CombineMany(fcinfo, bitmap::AppendAndMany); }
CDP_FUNCTION(cdp_rb64_or_many) { return CombineMany(fcinfo, bitmap::AppendOrMany); }
CDP_FUNCTION(cdp_rb64_and_many_cardinality) {
  return CountMany(fcinfo, bitmap::AndManyCardinality64);
}
CDP_FUNCTION(cdp_rb64_or_many_cardinality) {
  return CountMany(fcinfo, bitmap::OrManyCardinality64);
}

}  // namespace cdp::pg
