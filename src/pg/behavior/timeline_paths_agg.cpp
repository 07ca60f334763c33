/// paths_agg and what reads its answer.

#include "pg/base/row_set.h"
#include "pg/behavior/timeline_paths_question.h"
#include "pg/behavior/timeline_source.h"

namespace cdp::pg {

using behavior::TallyKind;
using behavior::TallyRow;

namespace {

// Both forms: with gap and depth only, and with all options.
template <class Source>
Datum Transition(FunctionCallInfo fcinfo, const char* function) {
  RequireAggregate(fcinfo, function);
  const KeptPaths& kept = PathsArgument(fcinfo, 2);
  const behavior::TallyShape shape{
      TallyKind::kPaths, static_cast<std::uint8_t>(kept.question->depth), false, kept.hash};
  return CountTimelines<Source>(
      fcinfo, shape, [&kept](const auto& view, behavior::TallyTable* tally, auto* memory) {
        behavior::CountPaths(view, *kept.question, tally, memory);
      });
}

}  // namespace

CDP_FUNCTION(cdp__paths_trans) { return Transition<OneTimeline>(fcinfo, "_paths_trans"); }
CDP_FUNCTION(cdp__paths_page_trans) {
  return Transition<TimelinePage>(fcinfo, "_paths_page_trans");
}

CDP_FUNCTION(cdp_paths) {
  struct Path {
    int depth;
    TallyRow row;
  };
  return ReturnRows<2>(
      fcinfo,
      [fcinfo]() -> RowList<Path> {
        if (PG_ARGISNULL(0)) return {nullptr, 0};
        const auto bytes = TallyBytes(PG_GETARG_DATUM(0));
        const bool all = PG_ARGISNULL(1);
        const int top = all ? 0 : PG_GETARG_INT32(1);
        if (top < 0) {
          ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                          errmsg("number of paths must not be negative")));
        }
        return CallCore([=] {
          ContextResource memory(CurrentMemoryContext);
          const auto view = ReadTally(bytes, TallyKind::kPaths, "paths");
          const auto rows = behavior::TopOfTally(
              view, all ? view.size() : static_cast<std::size_t>(top), &memory);
          auto* paths =
              static_cast<Path*>(AllocateIn(CurrentMemoryContext, rows.size() * sizeof(Path) + 1));
          for (std::size_t i = 0; i < rows.size(); ++i) paths[i] = {view.shape().parts, rows[i]};
          return RowList<Path>{paths, rows.size()};
        });
      },
      [](const Path& path, Datum* values, bool*) {
        Datum codes[behavior::kMaxTallyParts];
        int size = 0;
        while (size < path.depth && path.row.key[size] != behavior::kNoCode) {
          codes[size] = Int32GetDatum(path.row.key[size]);
          ++size;
        }
        values[0] = PointerGetDatum(
            construct_array(codes, size, INT4OID, sizeof(int32), true, TYPALIGN_INT));
        values[1] = Int64GetDatum(path.row.count);
      });
}

}  // namespace cdp::pg
