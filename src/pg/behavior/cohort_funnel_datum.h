/// Values of type funnel as arguments, results and states.
#pragma once

#include "core/behavior/cohort_funnel.h"
#include "pg/base/expanded.h"

namespace cdp::pg {

/// The content of an expanded funnel; all its memory is the object's.
class FunnelState {
 public:
  explicit FunnelState(std::pmr::memory_resource* memory)
      : context_(static_cast<ContextResource*>(memory)->context()), funnel_(memory) {}

  void Declare(int steps) {
    const ContextScope scope(context_);
    funnel_.Declare(steps);
  }
  void Ask(std::uint16_t question) { funnel_.Ask(question); }
  void Add(std::uint32_t user, int level, std::span<const std::uint64_t> spans) {
    const ContextScope scope(context_);
    funnel_.Add(user, level, spans);
  }
  void Merge(std::span<const std::byte> bytes) {
    const ContextScope scope(context_);
    funnel_.Merge(bytes);
  }

  std::size_t ImageSize(bool sealed) {
    const ContextScope scope(context_);
    return funnel_.ImageSize(sealed);
  }
  void WriteImage(std::byte* out, bool sealed) const { funnel_.WriteImage(out, sealed); }
  std::size_t FlatSize() { return ImageSize(false); }
  void FlattenInto(std::byte* out) const { WriteImage(out, false); }

 private:
  MemoryContext context_;
  behavior::CohortFunnel funnel_;
};

using ExpandedFunnel = Expanded<FunnelState>;

/// The image of a CohortFunnel or FunnelState as a new value; for use inside CallCore.
template <class Funnel>
varlena* NewFunnel(Funnel& funnel, bool sealed) {
  varlena* result = NewVarlena(funnel.ImageSize(sealed));
  funnel.WriteImage(PayloadOf(result), sealed);
  return result;
}

/// The image of a funnel, detoasted where need be; a partial state is turned into one. May longjmp:
/// for the first act.
bitmap::Bytes FunnelBytes(Datum datum);

inline bitmap::Bytes FunnelArgument(FunctionCallInfo fcinfo, int n) {
  return FunnelBytes(PG_GETARG_DATUM(n));
}

}  // namespace cdp::pg
