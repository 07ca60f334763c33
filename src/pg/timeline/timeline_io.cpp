/// Text and binary forms of timeline.

#include "pg/timeline/sealed_io.h"
#include "pg/timeline/timeline_datum.h"

namespace cdp::pg {
namespace {

struct Form {
  static const varlena* Sealed(const varlena* value) { return SealedTimeline(value); }
  static void Check(std::span<const std::byte> bytes, ErrorCode code,
                    std::pmr::memory_resource* memory) {
    timeline::CheckImage(bytes, code, memory);
  }
};

}  // namespace

CDP_FUNCTION(cdp_timeline_in) { return SealedIn<Form>(fcinfo); }
CDP_FUNCTION(cdp_timeline_out) { return SealedOut<Form>(fcinfo); }
CDP_FUNCTION(cdp_timeline_recv) { return SealedRecv<Form>(fcinfo); }
CDP_FUNCTION(cdp_timeline_send) { return SealedSend<Form>(fcinfo); }

}  // namespace cdp::pg
