/// Functions of roaringbitmap over arrays: of bitmaps, of replacements; samples and statistics.

#include "core/bitmap/bitmap_many.h"

#include <cinttypes>
#include <limits>

#include "core/bitmap/bitmap_compare.h"
#include "core/bitmap/bitmap_remap.h"
#include "core/bitmap/bitmap_sample.h"
#include "core/bitmap/bitmap_stats.h"
#include "pg/bitmap/bitmap_datum.h"

namespace cdp::pg {
namespace {

using bitmap::BitmapParts;
using bitmap::BitmapStats;
using bitmap::BitmapView;
using bitmap::Bytes;

// The bitmaps in an array of them, without the null ones.
std::span<const Bytes> BitmapsOf(ArrayType* array) {
  Datum* elements = nullptr;
  bool* nulls = nullptr;
  int count = 0;
  deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_INT, &elements, &nulls, &count);
  auto* bitmaps = static_cast<Bytes*>(palloc(sizeof(Bytes) * static_cast<std::size_t>(count)));
  std::size_t found = 0;
  for (int i = 0; i < count; ++i) {
    if (!nulls[i]) bitmaps[found++] = BitmapBytes(elements[i]);
  }
  return {bitmaps, found};
}

using Combine = void(std::span<BitmapView>, BitmapParts*, std::pmr::memory_resource*);
using CountCombined = std::uint64_t(std::span<BitmapView>, std::pmr::memory_resource*);

Datum CombineMany(FunctionCallInfo fcinfo, Combine* combine) {
  const auto bitmaps = BitmapsOf(PG_GETARG_ARRAYTYPE_P(0));
  if (bitmaps.empty()) PG_RETURN_NULL();
  PG_RETURN_POINTER(CallCore([=] {
    ContextResource memory(CurrentMemoryContext);
    std::pmr::vector<BitmapView> views(bitmaps.begin(), bitmaps.end(), &memory);
    BitmapParts parts(&memory);
    combine(views, &parts, &memory);
    return NewBitmap(parts);
  }));
}

Datum CountMany(FunctionCallInfo fcinfo, CountCombined* count) {
  const auto bitmaps = BitmapsOf(PG_GETARG_ARRAYTYPE_P(0));
  if (bitmaps.empty()) PG_RETURN_NULL();
  PG_RETURN_INT64(CallCore([=] {
    ContextResource memory(CurrentMemoryContext);
    std::pmr::vector<BitmapView> views(bitmaps.begin(), bitmaps.end(), &memory);
    return count(views, &memory);
  }));
}

// Shared values over all values; `of_nothing` when there are none at all.
Datum Jaccard(FunctionCallInfo fcinfo, double of_nothing) {
  const Bytes a = BitmapArgument(fcinfo, 0);
  const Bytes b = BitmapArgument(fcinfo, 1);
  PG_RETURN_FLOAT8(CallCore([=] {
    const BitmapView left(a);
    const BitmapView right(b);
    const auto both = static_cast<double>(bitmap::AndCardinality(left, right));
    const auto sum = static_cast<double>(left.Cardinality() + right.Cardinality());
    return sum == 0 ? of_nothing : both / (sum - both);
  }));
}

const char* JsonOf(const char* name, const BitmapStats::Kind& kind) {
  return psprintf("\"%s\": {\"containers\": %" PRIu64 ", \"values\": %" PRIu64
                  ", \"bytes\": %" PRIu64 "}",
                  name, kind.containers, kind.values, kind.bytes);
}

const char* JsonOf(bool exists, std::uint32_t value) {
  return exists ? psprintf("%d", static_cast<std::int32_t>(value)) : "null";
}

}  // namespace

CDP_FUNCTION(cdp_rb_and_many) { return CombineMany(fcinfo, bitmap::AndMany); }
CDP_FUNCTION(cdp_rb_or_many) { return CombineMany(fcinfo, bitmap::OrMany); }
CDP_FUNCTION(cdp_rb_and_many_cardinality) { return CountMany(fcinfo, bitmap::AndManyCardinality); }
CDP_FUNCTION(cdp_rb_or_many_cardinality) { return CountMany(fcinfo, bitmap::OrManyCardinality); }

CDP_FUNCTION(cdp_rb_jaccard) { return Jaccard(fcinfo, 1.0); }
CDP_FUNCTION(cdp_rb_jaccard_dist) {
  return Jaccard(fcinfo, std::numeric_limits<double>::quiet_NaN());
}

CDP_FUNCTION(cdp_rb_remap) {
  const Bytes bytes = BitmapArgument(fcinfo, 0);
  const auto from = ElementsOf<std::uint32_t>(PG_GETARG_ARRAYTYPE_P(1));
  const auto to = ElementsOf<std::uint32_t>(PG_GETARG_ARRAYTYPE_P(2));
  PG_RETURN_POINTER(CallCore([=] {
    ContextResource memory(CurrentMemoryContext);
    bitmap::Bitmap result = bitmap::Bitmap::FromPortable(bytes);
    bitmap::Remap(&result, bytes, from, to, &memory);
    return NewBitmap(result);
  }));
}

CDP_FUNCTION(cdp_rb_sample) {
  const std::int64_t count = PG_GETARG_INT64(1);
  const auto seed = static_cast<std::uint64_t>(PG_GETARG_INT64(2));
  if (count < 0) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("sample size must not be negative")));
  }
  return BuildFromView(fcinfo, [=](const BitmapView& view, BitmapParts* parts) {
    ContextResource memory(CurrentMemoryContext);
    bitmap::Sample(view, static_cast<std::uint64_t>(count), seed, parts, &memory);
  });
}

CDP_FUNCTION(cdp_rb_stats) {
  struct Answer {
    BitmapStats stats;
    std::uint64_t cardinality;
    std::uint32_t min;
    std::uint32_t max;
  };
  const Bytes bytes = BitmapArgument(fcinfo, 0);
  const Answer answer = CallCore([bytes] {
    const BitmapView view(bytes);
    const bool empty = view.empty();
    return Answer{bitmap::StatsOf(view), view.Cardinality(), empty ? 0 : view.Min(),
                  empty ? 0 : view.Max()};
  });
  const bool exists = answer.cardinality != 0;
  const char* json =
      psprintf("{\"cardinality\": %" PRIu64
               ", \"bytes\": %zu, \"min\": %s, "
               "\"max\": %s, %s, %s, %s}",
               answer.cardinality, bytes.size(), JsonOf(exists, answer.min),
               JsonOf(exists, answer.max), JsonOf("arrays", answer.stats.arrays),
               JsonOf("bitsets", answer.stats.bitsets), JsonOf("runs", answer.stats.runs));
  PG_RETURN_DATUM(DirectFunctionCall1(jsonb_in, CStringGetDatum(json)));
}

}  // namespace cdp::pg
