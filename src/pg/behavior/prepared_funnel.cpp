#include "pg/behavior/prepared_funnel.h"

namespace cdp::pg {
namespace {

/// The mode of a function that has no such argument.
const text* DefaultMode() {
  static constexpr char kWord[] = "default";
  static const auto mode = [] {
    alignas(text) std::array<char, VARHDRSZ + sizeof(kWord) - 1> bytes{};
    SET_VARSIZE(bytes.data(), bytes.size());
    std::memcpy(bytes.data() + VARHDRSZ, kWord, sizeof(kWord) - 1);
    return bytes;
  }();
  return reinterpret_cast<const text*>(mode.data());
}

}  // namespace

std::span<const int32> StepCodes(ArrayType* steps) {
  if (ARR_NDIM(steps) > 1) {
    ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
                    errmsg("steps must be an array of one dimension")));
  }
  return ElementsOf<int32>(steps);
}

bool PreparedFunnel::MadeOf(const ArrayType* other_steps, const Interval& other_window,
                            const text* other_mode) const {
  return SameValue(steps, other_steps) && SameValue(mode, other_mode) &&
         window.month == other_window.month && window.day == other_window.day &&
         window.time == other_window.time;
}

// Leaves what it makes where the next call finds it.
PreparedFunnel* PreparedFunnel::Make(FmgrInfo* site, ArrayType* steps, const Interval& window,
                                     const text* mode) {
  const std::span<const int32> codes = StepCodes(steps);
  const auto micros = static_cast<uint64>(SpanMicros(&window, "window"));
  const MemoryContext context = site->fn_mcxt;
  auto* old = static_cast<PreparedFunnel*>(site->fn_extra);
  auto* made = CallCore([&] {
    const behavior::TimelineFunnel funnel(codes, micros, behavior::ParseFunnelMode(ViewOf(mode)));
    return new (AllocateIn(context, sizeof(PreparedFunnel)))
        PreparedFunnel{funnel, CopyValue(context, steps), window, CopyValue(context, mode)};
  });
  site->fn_extra = made;
  if (old != nullptr) {
    pfree(old->steps);
    pfree(old->mode);
    pfree(old);
  }
  return made;
}

const behavior::TimelineFunnel& PreparedFunnel::Of(FunctionCallInfo fcinfo, int n) {
  ArrayType* steps = PG_GETARG_ARRAYTYPE_P(n);
  const Interval* window = PG_GETARG_INTERVAL_P(n + 1);
  const text* mode = PG_NARGS() > n + 2 ? PG_GETARG_TEXT_PP(n + 2) : DefaultMode();
  auto* prepared = static_cast<PreparedFunnel*>(fcinfo->flinfo->fn_extra);
  if (prepared == nullptr || !prepared->MadeOf(steps, *window, mode)) {
    prepared = Make(fcinfo->flinfo, steps, *window, mode);
  }
  return prepared->funnel;
}

}  // namespace cdp::pg
