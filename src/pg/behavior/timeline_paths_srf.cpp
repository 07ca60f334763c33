/// timeline_sessions and timeline_paths: the sessions and paths of one timeline as rows.

#include "pg/base/zone.h"
#include "pg/behavior/timeline_paths_question.h"
#include "pg/behavior/timeline_rows.h"

namespace cdp::pg {
namespace {

/// Rows of one array each, worked out in advance.
struct Paths {
  RowList<std::int32_t> codes;
  RowList<std::size_t> ends;
};

}  // namespace

CDP_FUNCTION(cdp_timeline_sessions) {
  using behavior::Session;
  struct Numbered {
    std::int64_t number;
    Session session;
  };
  return ReturnRows<6>(
      fcinfo,
      [fcinfo]() -> RowList<Numbered> {
        if (PG_ARGISNULL(0)) return {nullptr, 0};
        const varlena* value = TimelineArgument(fcinfo, 0);
        behavior::SessionRule rule{.gap = SpanArgument(fcinfo, 1, "gap")};
        Zone zone;
        if (!PG_ARGISNULL(2)) {
          zone = ZoneNamed(PG_GETARG_TEXT_PP(2));
          rule.midnights = &zone;
        }
        if (!PG_ARGISNULL(3)) rule.max_length = SpanArgument(fcinfo, 3, "maximum length");
        return CallCore([&] {
          ContextResource memory(CurrentMemoryContext);
          const auto sessions = behavior::SessionsOf(ReadTimeline(value), rule, &memory);
          std::pmr::vector<Numbered> rows(&memory);
          rows.reserve(sessions.size());
          for (const Session& session : sessions) {
            rows.push_back({static_cast<std::int64_t>(rows.size() + 1), session});
          }
          return ListOf(rows);
        });
      },
      [](const Numbered& row, Datum* values, bool*) {
        values[0] = Int64GetDatum(row.number);
        values[1] = TimestampTzGetDatum(row.session.first);
        values[2] = TimestampTzGetDatum(row.session.last);
        values[3] = Int64GetDatum(row.session.events);
        values[4] = Int32GetDatum(row.session.first_code);
        values[5] = Int32GetDatum(row.session.last_code);
      });
}

CDP_FUNCTION(cdp_timeline_paths) {
  if (SRF_IS_FIRSTCALL()) {
    FuncCallContext* first = SRF_FIRSTCALL_INIT();
    const MemoryContext caller = MemoryContextSwitchTo(first->multi_call_memory_ctx);
    const Paths paths =
        AnswerOnce(fcinfo, PathsArgument,
                   [](const auto& view, const behavior::PathQuestion* question, auto* memory) {
                     behavior::PathList list(memory);
                     behavior::ListPaths(view, *question, &list);
                     return Paths{ListOf(list.codes), ListOf(list.ends)};
                   });
    first->max_calls = paths.ends.count;
    first->user_fctx = palloc(sizeof(Paths));
    *static_cast<Paths*>(first->user_fctx) = paths;
    MemoryContextSwitchTo(caller);
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  if (call->call_cntr >= call->max_calls) SRF_RETURN_DONE(call);
  const auto* paths = static_cast<const Paths*>(call->user_fctx);
  const std::size_t begin = call->call_cntr == 0 ? 0 : paths->ends.rows[call->call_cntr - 1];
  const std::size_t end = paths->ends.rows[call->call_cntr];
  Datum codes[behavior::kMaxPathDepth];
  for (std::size_t i = begin; i < end; ++i) codes[i - begin] = Int32GetDatum(paths->codes.rows[i]);
  ArrayType* path = construct_array(codes, static_cast<int>(end - begin), INT4OID, sizeof(int32),
                                    true, TYPALIGN_INT);
  SRF_RETURN_NEXT(call, PointerGetDatum(path));
}

}  // namespace cdp::pg
