/// _limit_links: which of several links are refused when sets may have only so many of a kind.

#include "core/base/error.h"
#include "core/base/stop.h"
#include "core/identity/limited_union.h"

#include "pg/base/datum.h"
#include "pg/base/row_set.h"

namespace cdp::pg {
namespace {

using identity::LimitedUnion;

struct Refused {
  std::int32_t link;
  std::int32_t kind;  // 0: too many in all
};

struct Question {
  std::span<const std::int32_t> kinds;
  std::span<const std::int32_t> maximums;
  std::int32_t size_cap;
  std::span<const std::int32_t> a;
  std::span<const std::int32_t> b;
  std::span<const bool> forced;
};

/// Numbers from 1 to `count` as places from 0.
std::pmr::vector<std::uint32_t> PlacesOf(std::span<const std::int32_t> numbers, std::size_t count,
                                         std::pmr::memory_resource* memory) {
  std::pmr::vector<std::uint32_t> places(memory);
  places.reserve(numbers.size());
  for (const std::int32_t number : numbers) {
    const std::uint32_t place = static_cast<std::uint32_t>(number) - 1;
    if (place >= count) throw Error(ErrorCode::kInvalidArgument, "number is out of range");
    places.push_back(place);
  }
  return places;
}

RowList<Refused> Answer(const Question& question) {
  ContextResource memory(CurrentMemoryContext);
  const auto kinds = PlacesOf(question.kinds, question.maximums.size(), &memory);
  const auto a = PlacesOf(question.a, kinds.size(), &memory);
  const auto b = PlacesOf(question.b, kinds.size(), &memory);
  if (a.size() != b.size() || a.size() != question.forced.size()) {
    throw Error(ErrorCode::kInvalidArgument, "both ends of links must be equally many");
  }
  std::pmr::vector<std::uint32_t> maximums(&memory);
  for (const std::int32_t most : question.maximums) {
    maximums.push_back(static_cast<std::uint32_t>(std::max(most, 0)));
  }
  LimitedUnion sets(kinds, maximums, static_cast<std::uint32_t>(std::max(question.size_cap, 0)),
                    &memory);
  std::pmr::vector<Refused> refused(&memory);
  StopTicker ticker;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ticker.Step();
    if (question.forced[i]) {
      sets.Force(a[i], b[i]);
      continue;
    }
    if (sets.Join(a[i], b[i])) continue;
    const auto broken = sets.Broken(a[i], b[i]);
    refused.push_back(
        {static_cast<std::int32_t>(i + 1), broken.limit == LimitedUnion::Limit::kSize
                                               ? 0
                                               : static_cast<std::int32_t>(broken.kind + 1)});
  }
  return ListOf(refused);
}

}  // namespace

CDP_FUNCTION(cdp__limit_links) {
  return ReturnRows<2>(
      fcinfo,
      [fcinfo] {
        const Question question{ElementsOf<std::int32_t>(PG_GETARG_ARRAYTYPE_P(0)),
                                ElementsOf<std::int32_t>(PG_GETARG_ARRAYTYPE_P(1)),
                                PG_GETARG_INT32(2),
                                ElementsOf<std::int32_t>(PG_GETARG_ARRAYTYPE_P(3)),
                                ElementsOf<std::int32_t>(PG_GETARG_ARRAYTYPE_P(4)),
                                ElementsOf<bool>(PG_GETARG_ARRAYTYPE_P(5))};
        return CallCore([&question] { return Answer(question); });
      },
      [](const Refused& refused, Datum* values, bool* nulls) {
        values[0] = Int32GetDatum(refused.link);
        values[1] = Int32GetDatum(refused.kind);
        nulls[1] = refused.kind == 0;
      });
}

}  // namespace cdp::pg
