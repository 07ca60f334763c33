/// Where an aggregate over timelines finds them: one a row, or pages of many. Its transition
/// function is written once, for either.
#pragma once

#include "core/timeline/timeline_page_parts.h"
#include "pg/behavior/timeline_tally_datum.h"
#include "pg/timeline/timeline_datum.h"
#include "pg/timeline/timeline_page_datum.h"

namespace cdp::pg {

struct OneTimeline {
  /// Argument n; null when there is nothing to be taken from the row. May longjmp.
  static const varlena* Argument(FunctionCallInfo fcinfo, int n) {
    return PG_ARGISNULL(n) ? nullptr : TimelineArgument(fcinfo, n);
  }
  /// Calls use(view) for each timeline of what Argument gave; for use inside CallCore.
  template <class Use>
  static void ForEach(const varlena* value, Use&& use) {
    use(ReadTimeline(value));
  }
};

struct TimelinePage {
  static const varlena* Argument(FunctionCallInfo fcinfo, int n) {
    if (PG_ARGISNULL(n)) return nullptr;
    const varlena* value = PageArgument(fcinfo, n);
    // A page of nobody is as no rows.
    return CallCore([value] { return PeopleAtMost(value) == 0; }) ? nullptr : value;
  }
  /// The number of people, or of parts of timelines in build form; for use inside CallCore.
  static std::size_t PeopleAtMost(const varlena* value) {
    return timeline::CountParts(BytesOf(value));
  }
  template <class Use>
  static void ForEach(const varlena* value, Use&& use) {
    ForEachPerson(value, [&use](std::uint32_t, const timeline::View& view) { use(view); });
  }
  /// Calls use(person, view) likewise; those none of whose codes has one of `code_bits` may be
  /// passed over.
  template <class Use>
  static void ForEachPerson(const varlena* value, Use&& use,
                            std::uint64_t code_bits = timeline::PageView::kAnyCode) {
    ContextResource memory(CurrentMemoryContext);
    timeline::ForEachOfPage(BytesOf(value), &memory, use, code_bits);
  }
};

/// The body of a transition function whose state is a tally, argument 0, and whose argument 1 is a
/// Source: count(view, &table, &memory) for each timeline. May longjmp.
template <class Source, class Count>
Datum CountTimelines(FunctionCallInfo fcinfo, const behavior::TallyShape& shape, Count count) {
  const varlena* value = Source::Argument(fcinfo, 1);
  if (value == nullptr) return UnchangedState(fcinfo);
  return FillTally(
      fcinfo, shape, [&count, value](behavior::TallyTable* tally, ContextResource* memory) {
        Source::ForEach(value, [&](const timeline::View& view) { count(view, tally, memory); });
      });
}

}  // namespace cdp::pg
