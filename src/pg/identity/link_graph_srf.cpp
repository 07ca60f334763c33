/// _graph_bridges and _graph_path: questions to a graph that comes as arrays of its links.

#include "core/identity/link_graph.h"

#include "pg/base/datum.h"
#include "pg/base/row_set.h"

namespace cdp::pg {
namespace {

using identity::LinkGraph;

/// The elements of an array argument. May longjmp: for the first act.
template <class T>
std::span<const T> ArrayArgument(FunctionCallInfo fcinfo, int number) {
  return ElementsOf<T>(PG_GETARG_ARRAYTYPE_P(number));
}

/// Links are numbered from 1, as elements of arrays are.
Datum LinkNumber(std::uint32_t link) { return Int32GetDatum(static_cast<int32>(link) + 1); }

}  // namespace

CDP_FUNCTION(cdp__graph_bridges) {
  return ReturnRows<3>(
      fcinfo,
      [fcinfo] {
        const auto a = ArrayArgument<std::int32_t>(fcinfo, 0);
        const auto b = ArrayArgument<std::int32_t>(fcinfo, 1);
        return CallCore([a, b] {
          ContextResource memory(CurrentMemoryContext);
          return ListOf(LinkGraph(a, b, &memory).Bridges());
        });
      },
      [](const LinkGraph::Bridge& bridge, Datum* values, bool*) {
        values[0] = LinkNumber(bridge.link);
        values[1] = Int64GetDatum(bridge.side_a);
        values[2] = Int64GetDatum(bridge.side_b);
      });
}

CDP_FUNCTION(cdp__graph_path) {
  return ReturnRows<3>(
      fcinfo,
      [fcinfo] {
        const auto a = ArrayArgument<std::int32_t>(fcinfo, 0);
        const auto b = ArrayArgument<std::int32_t>(fcinfo, 1);
        const LinkGraph::Merit merit{ArrayArgument<double>(fcinfo, 2),
                                     ArrayArgument<std::int64_t>(fcinfo, 3)};
        const std::int32_t start = PG_GETARG_INT32(4);
        const std::int32_t goal = PG_GETARG_INT32(5);
        return CallCore([&] {
          ContextResource memory(CurrentMemoryContext);
          return ListOf(LinkGraph(a, b, &memory).Path(start, goal, merit));
        });
      },
      [](const LinkGraph::Hop& hop, Datum* values, bool*) {
        values[0] = LinkNumber(hop.link);
        values[1] = Int32GetDatum(hop.from);
        values[2] = Int32GetDatum(hop.to);
      });
}

}  // namespace cdp::pg
