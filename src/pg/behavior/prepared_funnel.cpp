#include "pg/behavior/prepared_funnel.h"

namespace cdp::pg {

using behavior::TimelineFunnel;

std::span<const int32> StepCodes(ArrayType* steps) {
  if (ARR_NDIM(steps) > 1) {
    ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
                    errmsg("steps must be an array of one dimension")));
  }
  return ElementsOf<int32>(steps);
}

const KeptQuestion<TimelineFunnel>& TimelineFunnelArgument(FunctionCallInfo fcinfo, int first) {
  using enum ArgumentKind;
  static constexpr ArgumentKind kKinds[] = {kVarlena, kInterval, kVarlena};
  const auto given = static_cast<std::size_t>(PG_NARGS() - first);
  return QuestionOf<TimelineFunnel>(
      fcinfo, first, std::span(kKinds).first(given), [fcinfo, first, given] {
        const std::span<const int32> codes = StepCodes(PG_GETARG_ARRAYTYPE_P(first));
        const std::uint64_t window = SpanArgument(fcinfo, first + 1, "window");
        const text* mode = given > 2 ? PG_GETARG_TEXT_PP(first + 2) : nullptr;
        return CallCore([&] {
          const auto parsed =
              mode == nullptr ? behavior::FunnelMode{} : behavior::ParseFunnelMode(ViewOf(mode));
          return new (AllocateIn(CurrentMemoryContext, sizeof(TimelineFunnel)))
              TimelineFunnel(codes, window, parsed);
        });
      });
}

}  // namespace cdp::pg
