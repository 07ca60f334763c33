/// Likeness, samples, replacements and statistics of both types.

#include "core/bitmap/bitmap_sample.h"

#include <cinttypes>
#include <limits>

#include "core/bitmap/bitmap_remap.h"
#include "core/bitmap/bitmap_stats.h"
#include "pg/bitmap/bitmap_kinds.h"

namespace cdp::pg {
namespace {

using bitmap::BitmapParts;
using bitmap::BitmapStats;
using bitmap::BitmapView;
using bitmap::BucketList;
using bitmap::Bytes;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Shared values over all values; `of_nothing` when there are none at all.
double Likeness(std::uint64_t both, std::uint64_t sum, double of_nothing) {
  if (sum == 0) return of_nothing;
  return static_cast<double>(both) / (static_cast<double>(sum) - static_cast<double>(both));
}

template <class Kind>
Datum Jaccard(FunctionCallInfo fcinfo, double of_nothing) {
  const Bytes a = Kind::KeptArgument(fcinfo, 0);
  const Bytes b = Kind::KeptArgument(fcinfo, 1);
  PG_RETURN_FLOAT8(CallCore([=] {
    return Likeness(Kind::CountShared(a, b), Kind::Cardinality(a) + Kind::Cardinality(b),
                    of_nothing);
  }));
}

struct Sample {
  std::uint64_t count;
  std::uint64_t seed;
};

// Arguments 1 and 2.
Sample SampleArguments(FunctionCallInfo fcinfo) {
  const std::int64_t count = PG_GETARG_INT64(1);
  if (count < 0) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("sample size must not be negative")));
  }
  return {static_cast<std::uint64_t>(count), static_cast<std::uint64_t>(PG_GETARG_INT64(2))};
}

struct Answer {
  BitmapStats stats;
  std::uint64_t cardinality;
  std::uint64_t min;
  std::uint64_t max;
};

const char* JsonOf(const char* name, const BitmapStats::Kind& kind) {
  return psprintf("\"%s\": {\"containers\": %" PRIu64 ", \"values\": %" PRIu64
                  ", \"bytes\": %" PRIu64 "}",
                  name, kind.containers, kind.values, kind.bytes);
}

// As jsonb; `buckets` is one more member, or nothing.
template <class Kind>
Datum JsonOf(const Answer& answer, std::size_t bytes, const char* buckets) {
  const auto value = [&answer](std::uint64_t bits) -> const char* {
    if (answer.cardinality == 0) return "null";
    return psprintf("%" PRId64, std::int64_t{static_cast<typename Kind::Number>(bits)});
  };
  const char* json = psprintf(
      "{\"cardinality\": %" PRIu64 ", \"bytes\": %zu, \"min\": %s, \"max\": %s, %s%s, %s, %s}",
      answer.cardinality, bytes, value(answer.min), value(answer.max), buckets,
      JsonOf("arrays", answer.stats.arrays), JsonOf("bitsets", answer.stats.bitsets),
      JsonOf("runs", answer.stats.runs));
  PG_RETURN_DATUM(DirectFunctionCall1(jsonb_in, CStringGetDatum(json)));
}

}  // namespace

CDP_FUNCTION(cdp_rb_jaccard) { return Jaccard<Kind32>(fcinfo, 1.0); }
CDP_FUNCTION(cdp_rb_jaccard_dist) { return Jaccard<Kind32>(fcinfo, kNaN); }
CDP_FUNCTION(cdp_rb64_jaccard) { return Jaccard<Kind64>(fcinfo, 1.0); }
CDP_FUNCTION(cdp_rb64_jaccard_dist) { return Jaccard<Kind64>(fcinfo, kNaN); }

CDP_FUNCTION(cdp_rb_remap) {
  const Bytes bytes = BitmapArgument(fcinfo, 0);
  const auto from = ElementsOf<std::uint32_t>(PG_GETARG_ARRAYTYPE_P(1));
  const auto to = ElementsOf<std::uint32_t>(PG_GETARG_ARRAYTYPE_P(2));
  PG_RETURN_POINTER(CallCore([=] {
    ContextResource memory(CurrentMemoryContext);
    bitmap::Arena arena(&memory);
    return NewVarlena(bitmap::Remapped(bytes, from, to, &arena));
  }));
}
CDP_FUNCTION(cdp_rb64_remap) {
  const Bytes bytes = Bitmap64Argument(fcinfo, 0);
  const auto from = ElementsOf<std::uint64_t>(PG_GETARG_ARRAYTYPE_P(1));
  const auto to = ElementsOf<std::uint64_t>(PG_GETARG_ARRAYTYPE_P(2));
  PG_RETURN_POINTER(CallCore([=] {
    return NewBitmap64([=](BucketList* list) { bitmap::AppendRemapped(bytes, from, to, list); });
  }));
}

CDP_FUNCTION(cdp_rb_sample) {
  const Sample sample = SampleArguments(fcinfo);
  return BuildFromView(fcinfo, [sample](const BitmapView& view, BitmapParts* parts) {
    ContextResource memory(CurrentMemoryContext);
    bitmap::Sample(view, sample.count, sample.seed, parts, &memory);
  });
}
CDP_FUNCTION(cdp_rb64_sample) {
  const Sample sample = SampleArguments(fcinfo);
  const Bytes bytes = Bitmap64Argument(fcinfo, 0);
  PG_RETURN_POINTER(CallCore([=] {
    return NewBitmap64(
        [=](BucketList* list) { bitmap::AppendSample(bytes, sample.count, sample.seed, list); });
  }));
}

CDP_FUNCTION(cdp_rb_stats) {
  const Bytes bytes = BitmapArgument(fcinfo, 0);
  const Answer answer = CallCore([bytes] {
    const BitmapView view(bytes);
    const bool empty = view.empty();
    return Answer{bitmap::StatsOf(view), view.Cardinality(), empty ? 0 : view.Min(),
                  empty ? 0 : view.Max()};
  });
  return JsonOf<Kind32>(answer, bytes.size(), "");
}
CDP_FUNCTION(cdp_rb64_stats) {
  const Bytes bytes = Bitmap64Argument(fcinfo, 0);
  const Answer answer = CallCore([bytes] {
    Answer result = {bitmap::StatsOf64(bytes), bitmap::Cardinality64(bytes), 0, 0};
    bitmap::Min64(bytes, &result.min);
    bitmap::Max64(bytes, &result.max);
    return result;
  });
  return JsonOf<Kind64>(answer, bytes.size(),
                        psprintf("\"buckets\": %" PRIu64 ", ", answer.stats.buckets));
}

}  // namespace cdp::pg
