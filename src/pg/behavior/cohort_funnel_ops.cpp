/// What a funnel answers: counts, users, times, rows for a chart.

#include "core/behavior/proportion.h"
#include "core/bitmap/bitmap.h"
#include "pg/base/row_set.h"
#include "pg/base/stored_value.h"
#include "pg/behavior/cohort_funnel_datum.h"
#include "pg/bitmap/bitmap_datum.h"

namespace cdp::pg {
namespace {

using behavior::CohortFunnelView;

/// A time that may be missing, as plain data.
struct Span {
  bool is_known;
  std::uint64_t micros;
};
Span SpanOf(const std::optional<std::uint64_t>& micros) {
  return {micros.has_value(), micros.value_or(0)};
}

/// The bitmaps of a step and, where it has one, the next; of a funnel with so many steps.
struct StepUsers {
  int steps;
  bitmap::Bytes here;
  bitmap::Bytes next;
};

/// Of the funnel in argument 0. One that is stored out of line is read by pieces: of the steps that
/// nobody asks for nothing is fetched. May longjmp: for the first act.
StepUsers UsersArgument(FunctionCallInfo fcinfo, int step, bool with_next) {
  StoredValue stored;
  const auto* value = reinterpret_cast<const varlena*>(PG_GETARG_POINTER(0));
  if (DescribeStored(value, &stored) && !stored.compressed()) {
    StepUsers users{};
    const bool is_image = CallCore([&] {
      StoredPieces pieces(stored, {});
      const auto front =
          pieces.Read(0, std::min<std::size_t>(stored.size, CohortFunnelView::kMaxFrontBytes));
      if (behavior::IsFunnelBuild(front)) return false;
      const CohortFunnelView funnel(front, stored.size);
      users.steps = funnel.steps();
      const auto here = funnel.UsersRange(step);
      const bool has_next = with_next && step < users.steps;
      const auto next = has_next ? funnel.UsersRange(step + 1) : CohortFunnelView::Range{};
      users.here = pieces.Read(here.offset, here.size);
      if (has_next) users.next = pieces.Read(next.offset, next.size);
      return true;
    });
    if (is_image) return users;
  }
  const bitmap::Bytes bytes = FunnelArgument(fcinfo, 0);
  return CallCore([=] {
    const CohortFunnelView funnel(bytes);
    const bool has_next = with_next && step < funnel.steps();
    return StepUsers{funnel.steps(), funnel.Users(step),
                     has_next ? funnel.Users(step + 1) : bitmap::Bytes()};
  });
}

struct ReportRow {
  int step;
  std::uint64_t users;
  std::uint64_t before;
  std::uint64_t first;
  bool has_interval;
  behavior::Interval interval;
  Span median;
  Span p90;
};

RowList<ReportRow> Report(bitmap::Bytes bytes, double confidence) {
  behavior::CheckConfidence(confidence);
  const CohortFunnelView funnel(bytes);
  const auto steps = static_cast<std::size_t>(funnel.steps());
  auto* rows = static_cast<ReportRow*>(AllocateIn(CurrentMemoryContext, sizeof(ReportRow) * steps));
  for (std::size_t i = 0; i < steps; ++i) {
    const int step = static_cast<int>(i) + 1;
    ReportRow& row = rows[i];
    row = {};
    row.step = step;
    row.users = funnel.Count(step);
    row.before = i == 0 ? row.users : rows[i - 1].users;
    row.first = rows[0].users;
    if (i == 0) continue;
    // Bytes that rotted may have more users at a later step.
    const auto reached = static_cast<std::int64_t>(std::min(row.users, row.first));
    const auto interval =
        behavior::Wilson({reached, static_cast<std::int64_t>(row.first)}, confidence);
    row.has_interval = interval.has_value();
    row.interval = interval.value_or(behavior::Interval{});
    row.median = SpanOf(funnel.TimeToConvert(1, step, 0.5));
    row.p90 = SpanOf(funnel.TimeToConvert(1, step, 0.9));
  }
  return {rows, steps};
}

void PutShare(std::uint64_t part, std::uint64_t whole, Datum* value, bool* null) {
  *null = whole == 0;
  if (whole != 0) *value = Float8GetDatum(static_cast<double>(part) / static_cast<double>(whole));
}

void PutSpan(const Span& span, Datum* value, bool* null) {
  *null = !span.is_known;
  if (span.is_known) *value = IntervalOf(span.micros);
}

struct ComparedRow {
  int step;
  std::uint64_t users[2];
  std::uint64_t first[2];
  bool has_difference;
  behavior::Difference difference;
};

RowList<ComparedRow> CompareFunnels(bitmap::Bytes a, bitmap::Bytes b, double confidence) {
  behavior::CheckConfidence(confidence);
  const CohortFunnelView funnels[2] = {CohortFunnelView(a), CohortFunnelView(b)};
  if (funnels[0].steps() != funnels[1].steps()) {
    throw Error(ErrorCode::kInvalidArgument,
                "funnels with different numbers of steps cannot be "
                "compared",
                "One has " + std::to_string(funnels[0].steps()) + " steps, the other " +
                    std::to_string(funnels[1].steps()) + ".");
  }
  const auto steps = static_cast<std::size_t>(funnels[0].steps());
  auto* rows =
      static_cast<ComparedRow*>(AllocateIn(CurrentMemoryContext, sizeof(ComparedRow) * steps));
  for (std::size_t i = 0; i < steps; ++i) {
    ComparedRow& row = rows[i];
    row = {};
    row.step = static_cast<int>(i) + 1;
    behavior::Proportion proportions[2];
    for (int side = 0; side < 2; ++side) {
      row.users[side] = funnels[side].Count(row.step);
      row.first[side] = i == 0 ? row.users[side] : rows[0].first[side];
      proportions[side] = {static_cast<std::int64_t>(std::min(row.users[side], row.first[side])),
                           static_cast<std::int64_t>(row.first[side])};
    }
    if (i == 0) continue;
    const auto difference = behavior::Compare(proportions[0], proportions[1], confidence);
    row.has_difference = difference.has_value();
    row.difference = difference.value_or(behavior::Difference{});
  }
  return {rows, steps};
}

}  // namespace

CDP_FUNCTION(cdp_funnel_steps) {
  const bitmap::Bytes bytes = FunnelArgument(fcinfo, 0);
  PG_RETURN_INT32(CallCore([bytes] { return CohortFunnelView(bytes).steps(); }));
}

CDP_FUNCTION(cdp_funnel_counts) {
  const bitmap::Bytes bytes = FunnelArgument(fcinfo, 0);
  PG_RETURN_POINTER(CallCore([bytes] {
    const CohortFunnelView funnel(bytes);
    ArrayType* counts =
        NewArray(INT8OID, sizeof(std::int64_t), static_cast<std::uint64_t>(funnel.steps()), "");
    auto* count = reinterpret_cast<std::uint64_t*>(ARR_DATA_PTR(counts));
    for (int step = 1; step <= funnel.steps(); ++step) *count++ = funnel.Count(step);
    return counts;
  }));
}

CDP_FUNCTION(cdp_funnel_users) {
  const StepUsers users = UsersArgument(fcinfo, PG_GETARG_INT32(1), false);
  PG_RETURN_POINTER(CallCore([&] { return NewVarlena(users.here); }));
}

CDP_FUNCTION(cdp_funnel_dropoff) {
  const int step = PG_GETARG_INT32(1);
  const StepUsers users = UsersArgument(fcinfo, step, true);
  if (step == users.steps) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("nobody can drop off after step %d", step),
                    errdetail("It is the last step of the funnel.")));
  }
  PG_RETURN_POINTER(CallCore([&] {
    bitmap::Bitmap gone = bitmap::Bitmap::FromPortable(users.here);
    gone.Apply(bitmap::SetOperation::kAndNot, bitmap::Bitmap::FromPortable(users.next));
    return NewBitmap(gone);
  }));
}

CDP_FUNCTION(cdp_funnel_ttc) {
  const bitmap::Bytes bytes = FunnelArgument(fcinfo, 0);
  const int a = PG_GETARG_INT32(1);
  const int b = PG_GETARG_INT32(2);
  const double share = PG_GETARG_FLOAT8(3);
  if (!(share >= 0 && share <= 1)) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("quantile must be between 0 and 1")));
  }
  Span span{};
  CallCore([&] { span = SpanOf(CohortFunnelView(bytes).TimeToConvert(a, b, share)); });
  if (!span.is_known) PG_RETURN_NULL();
  return IntervalOf(span.micros);
}

CDP_FUNCTION(cdp_funnel_union) {
  const bitmap::Bytes a = FunnelArgument(fcinfo, 0);
  const bitmap::Bytes b = FunnelArgument(fcinfo, 1);
  PG_RETURN_POINTER(CallCore([=] {
    ContextResource memory(CurrentMemoryContext);
    behavior::CohortFunnel funnel(&memory);
    funnel.Merge(a);
    funnel.Merge(b);
    return NewFunnel(funnel, true);
  }));
}

CDP_FUNCTION(cdp_funnel_table) {
  return ReturnRows<8>(
      fcinfo,
      [fcinfo] {
        const bitmap::Bytes bytes = FunnelArgument(fcinfo, 0);
        const double confidence = PG_GETARG_FLOAT8(1);
        return CallCore([=] { return Report(bytes, confidence); });
      },
      [](const ReportRow& row, Datum* values, bool* nulls) {
        values[0] = Int32GetDatum(row.step);
        values[1] = Int64GetDatum(static_cast<int64>(row.users));
        PutShare(row.users, row.before, &values[2], &nulls[2]);
        PutShare(row.users, row.first, &values[3], &nulls[3]);
        values[4] = Float8GetDatum(row.interval.low);
        values[5] = Float8GetDatum(row.interval.high);
        nulls[4] = nulls[5] = !row.has_interval;
        PutSpan(row.median, &values[6], &nulls[6]);
        PutSpan(row.p90, &values[7], &nulls[7]);
      });
}

CDP_FUNCTION(cdp_funnel_compare) {
  return ReturnRows<10>(
      fcinfo,
      [fcinfo] {
        const bitmap::Bytes a = FunnelArgument(fcinfo, 0);
        const bitmap::Bytes b = FunnelArgument(fcinfo, 1);
        const double confidence = PG_GETARG_FLOAT8(2);
        return CallCore([=] { return CompareFunnels(a, b, confidence); });
      },
      [](const ComparedRow& row, Datum* values, bool* nulls) {
        values[0] = Int32GetDatum(row.step);
        for (int side = 0; side < 2; ++side) {
          values[1 + side] = Int64GetDatum(static_cast<int64>(row.users[side]));
          PutShare(row.users[side], row.first[side], &values[3 + side], &nulls[3 + side]);
        }
        const auto& [diff, interval, z, p] = row.difference;
        const double found[] = {diff, interval.low, interval.high, z, p};
        for (int i = 0; i < 5; ++i) {
          values[5 + i] = Float8GetDatum(found[i]);
          nulls[5 + i] = !row.has_difference;
        }
      });
}

}  // namespace cdp::pg
