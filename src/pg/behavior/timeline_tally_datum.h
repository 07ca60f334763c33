/// Values of type tally as arguments, results and states.
#pragma once

#include "core/behavior/timeline_tally.h"
#include "pg/base/flat_state.h"

namespace cdp::pg {

/// A sealed tally; a state is sealed first. May longjmp: for the first act.
std::span<const std::byte> TallyBytes(Datum datum);

/// A tally of this kind; `what` says what such ones hold. For use inside CallCore.
inline behavior::TallyView ReadTally(std::span<const std::byte> bytes, behavior::TallyKind kind,
                                     const char* what) {
  const behavior::TallyView view(bytes);
  if (view.shape().kind != kind) {
    throw Error(ErrorCode::kInvalidArgument, std::string("tally does not hold ") + what);
  }
  return view;
}

/// The same with keys of so many parts, and totals or not.
inline behavior::TallyView ReadTally(std::span<const std::byte> bytes, behavior::TallyKind kind,
                                     int parts, bool totals, const char* what) {
  const auto view = ReadTally(bytes, kind, what);
  if (view.shape().parts != parts || view.shape().totals != totals) {
    throw Error(ErrorCode::kCorruptData, "tally is corrupt",
                std::string("Its rows are not those of ") + what + ".");
  }
  return view;
}

/// The body of a transition function: fill(&table, &memory) adds to the state, argument 0, which
/// may be null. May longjmp.
template <class Fill>
Datum FillTally(FunctionCallInfo fcinfo, const behavior::TallyShape& shape, Fill fill) {
  auto* state = reinterpret_cast<behavior::TallyHeader*>(StateArgument(fcinfo, 0));
  const std::size_t size = state == nullptr ? 0 : VARSIZE(state);
  return CallCore([&] {
    ContextResource memory(CurrentMemoryContext);
    behavior::TallyTable table = state == nullptr
                                     ? behavior::TallyTable(shape, &memory)
                                     : behavior::TallyTable(state, size, shape, &memory);
    fill(&table, &memory);
    SET_VARSIZE(table.block(), table.size());
    return PointerGetDatum(table.block());
  });
}

}  // namespace cdp::pg
