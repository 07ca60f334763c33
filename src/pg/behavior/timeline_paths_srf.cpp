/// timeline_sessions and timeline_paths: the sessions and paths of one timeline as rows.

#include "pg/base/row_set.h"
#include "pg/base/zone.h"
#include "pg/behavior/timeline_paths_question.h"
#include "pg/timeline/timeline_datum.h"

namespace cdp::pg {
namespace {

/// Rows of one array each, worked out in advance.
struct Paths {
  const std::int32_t* codes;
  const std::size_t* ends;
};

template <class T>
T* CopyOf(const std::pmr::vector<T>& values) {
  auto* copy = static_cast<T*>(AllocateIn(CurrentMemoryContext, values.size() * sizeof(T) + 1));
  std::copy(values.begin(), values.end(), copy);
  return copy;
}

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
          auto* rows = static_cast<Numbered*>(
              AllocateIn(CurrentMemoryContext, sessions.size() * sizeof(Numbered) + 1));
          for (std::size_t i = 0; i < sessions.size(); ++i) {
            rows[i] = {static_cast<std::int64_t>(i + 1), sessions[i]};
          }
          return RowList<Numbered>{rows, sessions.size()};
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
    if (!PG_ARGISNULL(0)) {
      // The call's state takes the place of a kept question, so this one is made each time.
      void* const state = fcinfo->flinfo->fn_extra;
      fcinfo->flinfo->fn_extra = nullptr;
      const KeptPaths& kept = PathsArgument(fcinfo, 1);
      fcinfo->flinfo->fn_extra = state;
      const varlena* value = TimelineArgument(fcinfo, 0);
      first->user_fctx = CallCore([&] {
        ContextResource memory(CurrentMemoryContext);
        behavior::PathList list(&memory);
        behavior::ListPaths(ReadTimeline(value), *kept.question, &list);
        first->max_calls = list.ends.size();
        return new (AllocateIn(CurrentMemoryContext, sizeof(Paths)))
            Paths{CopyOf(list.codes), CopyOf(list.ends)};
      });
      MemoryContextDelete(kept.context);
    }
    MemoryContextSwitchTo(caller);
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  if (call->call_cntr >= call->max_calls) SRF_RETURN_DONE(call);
  const auto* paths = static_cast<const Paths*>(call->user_fctx);
  const std::size_t begin = call->call_cntr == 0 ? 0 : paths->ends[call->call_cntr - 1];
  const std::size_t end = paths->ends[call->call_cntr];
  Datum codes[behavior::kMaxPathDepth];
  for (std::size_t i = begin; i < end; ++i) codes[i - begin] = Int32GetDatum(paths->codes[i]);
  ArrayType* path = construct_array(codes, static_cast<int>(end - begin), INT4OID, sizeof(int32),
                                    true, TYPALIGN_INT);
  SRF_RETURN_NEXT(call, PointerGetDatum(path));
}

}  // namespace cdp::pg
